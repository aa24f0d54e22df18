/* credentials.h - the credentials report of a council: by which act every seat is held, from how
 * many voters. A view: computed from the state, never stored. */
#ifndef PLENARY_CORE_INSTITUTIONS_CREDENTIALS_H
#define PLENARY_CORE_INSTITUTIONS_CREDENTIALS_H
#include "base/buf.h"
#include "core/state.h"

struct credentials_seat {
    uint32_t member_row, seat_row, cell_row, election_row; /* the cell whose result gave the seat */
    bool by_reserve;                                       /* filled after a vacancy */
};
struct credentials_constituency {
    uint32_t constituency_row, number; /* number within the body, from 1 */
    uint32_t seats, held;
    uint32_t cell_row;                 /* of its latest final election, ROW_NONE */
    uint32_t electors, ballots, valid; /* of that election */
    uint32_t contested_cell;     /* cell with open objections or a provisional result, ROW_NONE */
    enum election_mode evidence; /* 0 when nobody was elected yet */
    bool unopposed;
    struct credentials_seat *seat; /* `held` of them, by seat number */
};
struct credentials {
    uint32_t body_row, constituency_count;
    uint32_t seats, held;
    uint32_t entitled;             /* electors behind the constituencies' latest elections */
    uint32_t contested, unopposed; /* constituencies */
    struct credentials_constituency *constituency;
};

/* Everything in the arena. */
enum code credentials_of(const struct state *state, uint32_t body_row, struct arena *arena,
                         struct credentials *ret) MUST_CHECK;
/* {"body":id,"constituencies":[…],"contested":n,…}, canonical JSON. Voters per seat are given as a
 * fraction in lowest terms, so that nothing is rounded. */
void credentials_json(const struct state *state, const struct credentials *credentials,
                      struct buf *out);
#endif
