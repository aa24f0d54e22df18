/* replay_digest.c EXPORT - replays an export's acts by the rules and prints size, root and digest
 * of the state: the same line on every machine. */
#include "base/text.h"
#include "same/replay_export.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct replayed replayed;
    if (argc != 2) {
        fprintf(stderr, "usage: replay_digest EXPORT-FOLDER\n");
        return 2;
    }
    if (!replay_export(argv[1], &replayed)) return 1;
    char root[65] = "", digest[65] = "";
    hex_encode(replayed.root.bytes, sizeof(hash32), root);
    hex_encode(replayed.digest.bytes, sizeof(hash32), digest);
    printf("%llu %s %s\n", (unsigned long long)replayed.size, root, digest);
    return 0;
}
