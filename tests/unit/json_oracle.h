/* json_oracle.h - whether a text is canonical and what it says, by jansson. */
#ifndef PLENARY_TESTS_JSON_ORACLE_H
#define PLENARY_TESTS_JSON_ORACLE_H
#include "base/base.h"

/* NULL when jansson does not take `text`, or it breaks a rule of the record, or jansson would write
 * the value as other bytes. Else the value as a trace, malloc'd: objects {COUNT KEY=VALUE...,
 * arrays [COUNT VALUE..., strings LENGTH"BYTES, integers followed by a space, t and f. */
char *json_oracle(str text);
#endif
