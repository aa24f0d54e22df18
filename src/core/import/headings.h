/* headings.h - what lists call their columns, in the languages we have seen lists in. Pure. */
#ifndef PLENARY_CORE_IMPORT_HEADINGS_H
#define PLENARY_CORE_IMPORT_HEADINGS_H
#include "core/import/rollfile.h"

/* The field a heading usually means; false when we do not know it. "Name" alone, "Nom", "Nombre",
 * "Nome", "Naam" give ROLL_NAME: beside a given name they mean the family name, beside a family
 * name the given one. */
bool heading_field(str heading, enum roll_field *ret);
/* Is this the first word of a row of totals? "Total", "Summe", "Razem" ... */
bool heading_is_total(str cell);
#endif
