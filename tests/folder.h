/* folder.h - a temporary folder of one test, removed with everything in it. */
#ifndef PLENARY_TESTS_FOLDER_H
#define PLENARY_TESTS_FOLDER_H

/* Makes a new folder; its path is malloc'd. Aborts when it cannot: no test can go on then. */
char *folder_make(void);
/* Removes the folder and its path. */
void folder_remove(char *path);
/* Empties it. */
void folder_clear(const char *path);
#endif
