/* sealed_test.c - under a passphrase and back; every prefix, extension and changed byte is refused.
 */
#include "check.h"
#include "sign/ed25519.h"
#include "sign/sealed.h"

#include <string.h>

static enum code try_open(str passphrase, str sealed, struct buf *out, struct fail *fail)
{
    buf_clear(out);
    memset(fail, 0, sizeof *fail);
    return sealed_open(passphrase, sealed, out, fail);
}

static void check_back(str passphrase, str secret)
{
    struct buf sealed, out;
    struct fail fail;
    buf_init(&sealed, alloc_libc, 1 << 20);
    buf_init(&out, alloc_libc, 1 << 20);
    CHECK(sealed_write(passphrase, secret, SEALED_LEAST, &sealed, NULL) == CODE_OK, "sealed");
    CHECK(try_open(passphrase, buf_str(&sealed), &out, &fail) == CODE_OK, "%s", fail.message);
    CHECK(str_eq(buf_str(&out), secret), "came back as %zu bytes", out.len);
    CHECK(try_open(STR("another"), buf_str(&sealed), &out, &fail) == CODE_NOT_YOURS && out.len == 0,
          "wrong passphrase");
    buf_done(&sealed);
    buf_done(&out);
}

static void check_damage(void)
{
    struct buf sealed, out;
    struct fail fail;
    str pass = STR("correct horse"), secret = STR("JZXG-6MRZ");
    buf_init(&sealed, alloc_libc, 1 << 20);
    buf_init(&out, alloc_libc, 1 << 20);
    CHECK(sealed_write(pass, secret, SEALED_LEAST, &sealed, NULL) == CODE_OK, "sealed");
    size_t len = sealed.len;
    for (size_t cut = 0; cut < len; cut++)
        CHECK(try_open(pass, str_sub(buf_str(&sealed), 0, cut), &out, &fail) != CODE_OK,
              "prefix of %zu", cut);
    for (size_t at = 0; at < len; at++) {
        sealed.at[at] = (char)(sealed.at[at] ^ 1);
        CHECK(try_open(pass, buf_str(&sealed), &out, &fail) != CODE_OK, "byte %zu changed", at);
        sealed.at[at] = (char)(sealed.at[at] ^ 1);
    }
    buf_add_byte(&sealed, 0);
    CHECK(try_open(pass, buf_str(&sealed), &out, &fail) == CODE_NOT_YOURS, "one byte more");
    CHECK(memmem(sealed.at, sealed.len, secret.at, secret.len) == NULL,
          "the secret stands there in the clear");
    buf_done(&sealed);
    buf_done(&out);
}

int main(void)
{
    CHECK(sign_start() == CODE_OK, "libsodium");
    check_back(STR("correct horse"), STR("JZXG-6MRZ"));
    check_back(STR("x"), STR(""));
    check_damage();
    return check_done();
}
