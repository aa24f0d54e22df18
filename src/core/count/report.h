/* report.h - parts of the reports that files of src/core/count share. */
#ifndef PLENARY_CORE_COUNT_REPORT_H
#define PLENARY_CORE_COUNT_REPORT_H
#include "core/count/count.h"

/* One project of a budget: who paid what, or why it was not bought. */
void count_project_explain(const struct count_result *result, uint32_t project, struct buf *out);
void count_explain_budget(const struct count_result *result, struct buf *out);
#endif
