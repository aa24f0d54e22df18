/* count_data.h - the counting tests' way to $PLENARY_DATA: archives unpacked, lines of JSON picked
 * apart. Those files are not canonical JSON, so they are read by looking for the keys we need. */
#ifndef PLENARY_TESTS_COUNT_DATA_H
#define PLENARY_TESTS_COUNT_DATA_H
#include "base/base.h"
#include "check.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DATA_PATH_MAX = 600, DATA_COMMAND_MAX = 2000 };

/* Runs a shell command and gives everything it prints, malloc'd and NUL-terminated; NULL when it
 * fails. */
static inline char *data_run(const char *command, size_t *ret_len)
{
    FILE *pipe = popen(command, "r");
    if (!pipe) return NULL;
    size_t len = 0, room = 1 << 16;
    char *text = malloc(room);
    for (;;) {
        if (!text) break;
        len += fread(text + len, 1, room - len - 1, pipe);
        if (feof(pipe) || ferror(pipe)) break;
        char *larger = realloc(text, room *= 2);
        if (!larger) free(text);
        text = larger;
    }
    if (pclose(pipe) != 0) {
        free(text);
        return NULL;
    }
    if (text) text[len] = '\0';
    if (ret_len) *ret_len = len;
    return text;
}

/* The text of a .gz file under the data folder; NULL when absent. */
static inline char *data_gunzip(const char *name, size_t *ret_len)
{
    const char *dir = check_data_dir();
    char command[DATA_COMMAND_MAX];
    if (!dir) return NULL;
    snprintf(command, sizeof command, "gzip -dc '%s/%s' 2>/dev/null", dir, name);
    return data_run(command, ret_len);
}

/* Unpacks an archive of the data folder into a new folder; false when absent. Remove it with
 * data_remove. */
static inline bool data_unpack(const char *name, char ret_dir[static DATA_PATH_MAX])
{
    const char *dir = check_data_dir(), *tmp = getenv("TMPDIR");
    char command[DATA_COMMAND_MAX];
    if (!dir) return false;
    snprintf(ret_dir, DATA_PATH_MAX, "%s/plenary-count-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(ret_dir)) return false;
    snprintf(command, sizeof command, "tar xJf '%s/%s' -C '%s' 2>/dev/null", dir, name, ret_dir);
    char *said = data_run(command, NULL);
    if (!said) rmdir(ret_dir);
    free(said);
    return said != NULL;
}

static inline void data_remove(const char *unpacked)
{
    char command[DATA_COMMAND_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", unpacked);
    free(data_run(command, NULL));
}

/* What follows `"key": ` in a line of JSON; empty when the key is absent. */
static inline str data_after(str line, const char *key)
{
    char pattern[80];
    snprintf(pattern, sizeof pattern, "\"%s\": ", key);
    const char *found = line.len ? memmem(line.at, line.len, pattern, strlen(pattern)) : NULL;
    if (!found) return (str){0};
    size_t from = (size_t)(found - line.at) + strlen(pattern);
    return str_sub(line, from, line.len - from);
}

/* The next text in quotes, or the next bare number, before the bracket that closes the innermost
 * array; steps over it. False at that bracket, which is stepped over too. */
static inline bool data_item(str *rest, str *ret)
{
    while (rest->len && rest->at[0] != ']') {
        char byte = rest->at[0];
        if (byte == '"') {
            *rest = str_sub(*rest, 1, rest->len);
            *ret = str_cut(rest, '"');
            return true;
        }
        if ((byte >= '0' && byte <= '9') || byte == '-') {
            size_t len = 0;
            while (len < rest->len && (rest->at[len] == '-' || rest->at[len] == '.' ||
                                       (rest->at[len] >= '0' && rest->at[len] <= '9')))
                len++;
            *ret = str_sub(*rest, 0, len);
            *rest = str_sub(*rest, len, rest->len);
            return true;
        }
        *rest = str_sub(*rest, 1, rest->len);
    }
    *rest = str_sub(*rest, 1, rest->len);
    return false;
}

/* A decimal as printed by others: "873.6747" -> 87367470000 with nine places, and how many places
 * were printed. */
static inline uint64_t data_decimal(str text, unsigned *ret_places)
{
    uint64_t value = 0;
    unsigned places = 0;
    bool point = false;
    for (size_t i = 0; i < text.len && places < 9; i++) {
        if (text.at[i] == '.') {
            point = true;
            continue;
        }
        value = value * 10 + (uint64_t)(text.at[i] - '0');
        places += point;
    }
    if (ret_places) *ret_places = places;
    for (; places < 9; places++) value *= 10;
    return value;
}
#endif
