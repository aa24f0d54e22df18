#include "cli/passphrase.h"

#include "cli/input.h"
#include "sign/ed25519.h"

#include <termios.h>
#include <unistd.h>

/* One line from the terminal, unseen. */
static bool type_unseen(const struct cli *cli, const char *prompt, struct buf *ret)
{
    struct termios seen, unseen;
    char line[PASSPHRASE_MAX + 2];
    if (tcgetattr(STDIN_FILENO, &seen) != 0) return false;
    unseen = seen;
    unseen.c_lflag &= ~(tcflag_t)ECHO;
    fprintf(cli->err, "%s: ", prompt);
    fflush(cli->err);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
    bool good = fgets(line, sizeof line, stdin) != NULL;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &seen);
    fputc('\n', cli->err);
    str rest = str_from(line);
    if (good) buf_add(ret, str_cut(&rest, '\n'));
    sign_wipe(line, sizeof line);
    return good;
}

static int from_terminal(const struct cli *cli, bool fresh, struct buf *ret)
{
    struct buf again;
    buf_init(&again, alloc_libc, PASSPHRASE_MAX);
    if (!isatty(STDIN_FILENO))
        return cli_usage(cli, "no terminal to ask for the passphrase: give --passphrase-file FILE");
    bool good = type_unseen(cli, "passphrase", ret);
    bool alike = good && (!fresh || (type_unseen(cli, "once more", &again) &&
                                     str_eq(buf_str(ret), buf_str(&again))));
    passphrase_done(&again);
    return alike ? EXIT_STATUS_OK
                 : cli_usage(cli, good ? "the two passphrases differ" : "no passphrase was typed");
}

static int from_file(const struct cli *cli, const char *path, struct buf *ret)
{
    struct buf text;
    struct fail fail = {0};
    enum code code = input_read(path, PASSPHRASE_MAX, &text, &fail);
    str rest = buf_str(&text);
    if (code == CODE_OK) buf_add(ret, str_cut(&rest, '\n'));
    passphrase_done(&text);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(cli, path, code, &fail);
}

int passphrase_read(const struct cli *cli, bool fresh, struct buf *ret)
{
    const char *path = cli_option(cli, "passphrase-file");
    int status = path ? from_file(cli, path, ret) : from_terminal(cli, fresh, ret);
    if (status == EXIT_STATUS_OK && (buf_check(ret) != CODE_OK || ret->len < PASSPHRASE_MIN))
        return cli_usage(cli, "a passphrase has at least %d letters", PASSPHRASE_MIN);
    return status;
}

void passphrase_done(struct buf *buf)
{
    if (buf->at) sign_wipe(buf->at, buf->len);
    buf_done(buf);
}
