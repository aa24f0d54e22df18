#include "check.h"

static void test_strings(void)
{
    str rest = STR("a,b,,c");
    CHECK(str_eq(str_cut(&rest, ','), STR("a")), "first");
    CHECK(str_eq(str_cut(&rest, ','), STR("b")), "second");
    CHECK(str_eq(str_cut(&rest, ','), STR("")), "empty");
    CHECK(str_eq(str_cut(&rest, ','), STR("c")), "last");
    CHECK(rest.len == 0, "rest %zu", rest.len);
}

int main(void)
{
    test_strings();
    return check_done();
}
