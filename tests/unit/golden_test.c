/* Records of earlier days replay to what they were: the same size, root and state from every
 * compiler, in every place, on every order of bytes, in every later version.
 * tests/data/golden/make.sh made them; docs/record-format.md says what a change of these digests
 * means. */
#include "base/text.h"
#include "check.h"
#include "same/replay_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *folder;
    uint64_t size;
    const char *root, *digest; /* of the tree, of the state; hex */
} golden[] = {
    {"1", 245, "e2a4c30fd7574464544b0bc6056f4f13aaee8ee1e5af503e7ff99807b939c7af",
     "1bb168d5c538186902779796f4820c2223984bdcc051a4b07fbc40173d073fb0"},
};

static const char *path_of(const char *folder)
{
    static char path[512];
    const char *root = getenv("PLENARY_ROOT");
    (void)snprintf(path, sizeof path, "%s/tests/data/golden/%s", root ? root : ".", folder);
    return path;
}

int main(void)
{
    for (size_t i = 0; i < COUNT(golden); i++) {
        struct replayed replayed;
        char root[65] = "", digest[65] = "";
        if (!CHECK(replay_export(path_of(golden[i].folder), &replayed), "record %s replays",
                   golden[i].folder))
            continue;
        hex_encode(replayed.root.bytes, sizeof(hash32), root);
        hex_encode(replayed.digest.bytes, sizeof(hash32), digest);
        CHECK(replayed.size == golden[i].size, "record %s: %llu entries", golden[i].folder,
              (unsigned long long)replayed.size);
        CHECK(strcmp(root, golden[i].root) == 0, "record %s: root %s", golden[i].folder, root);
        CHECK(strcmp(digest, golden[i].digest) == 0, "record %s: state %s", golden[i].folder,
              digest);
    }
    return check_done();
}
