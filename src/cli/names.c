#include "cli/names.h"

#include "core/import/fold.h"

#include <assert.h>

/* Syllables in the manner of a language. Beginnings and endings are chosen so that no two pairs
 * spell the same. */
enum { GIVEN_STARTS = 14, GIVEN_ENDS = 10, FAMILY_STARTS = 18, FAMILY_ENDS = 16 };
struct manner {
    const char *given_start[GIVEN_STARTS], *given_end[GIVEN_ENDS];
    const char *family_start[FAMILY_STARTS], *family_end[FAMILY_ENDS];
};

static const struct manner manners[] = {
    {{"Bry", "Ced", "Dun", "Fen", "Gar", "Hol", "Kes", "Lor", "Mer", "Nev", "Orr", "Pel", "Tam",
      "Wyn"},
     {"ric", "wen", "ley", "sie", "ton", "ard", "ith", "ola", "un", "ys"},
     {"Ash", "Birk", "Crow", "Dray", "Elm", "Farn", "Gorse", "Hather", "Kil", "Lang", "Mor",
      "Nether", "Oaken", "Pen", "Quar", "Rush", "Thorn", "Wex"},
     {"brook", "combe", "dale", "field", "garth", "holt", "ingham", "leigh", "mere", "ridge",
      "shaw", "stead", "thwaite", "wick", "worth", "yard"}},
    {{"Al", "Bert", "Detl", "Eck", "Frid", "Gund", "Heil", "Irm", "Klaw", "Lutt", "Ortw", "Rein",
      "Sieg", "Wulf"},
     {"a", "bert", "e", "hild", "in", "mar", "o", "rike", "run", "us"},
     {"Ahl", "Brand", "Drost", "Eich", "Falk", "Gries", "Hagen", "Jung", "Kolb", "Linden", "Mühl",
      "Nord", "Ober", "Pfeil", "Rot", "Stein", "Tann", "Weid"},
     {"acker", "bach", "dorffer", "eck", "gruber", "haupt", "kamp", "loh", "mann", "ner", "ölder",
      "roth", "steiger", "thaler", "wald", "zing"}},
    {{"Aur", "Bél", "Clar", "Dor", "Élod", "Flor", "Gal", "Hélo", "Isal", "Jov", "Luc", "Mir",
      "Noël", "Ser"},
     {"ane", "bert", "elle", "ette", "ien", "ine", "is", "on", "ot", "ienne"},
     {"Arde", "Beau", "Char", "Dela", "Esti", "Font", "Grand", "Haute", "Joli", "Lava", "Mont",
      "Neuv", "Orme", "Pré", "Roche", "Sauv", "Tré", "Ville"},
     {"beau", "champs", "court", "dreux", "ferrand", "gnon", "laine", "mier", "nard", "pierre",
      "quet", "sard", "taud", "val", "vigne", "zac"}},
    {{"Ald", "Bened", "Cesar", "Dalm", "Elv", "Fiam", "Gil", "Ivon", "Liv", "Marz", "Nic", "Ors",
      "Rom", "Vitt"},
     {"a", "ella", "enzo", "etta", "iano", "ina", "io", "o", "olo", "ora"},
     {"Albe", "Bosca", "Cante", "Dori", "Fonta", "Gra", "Lumi", "Monta", "Nove", "Orsi", "Pietra",
      "Quarti", "Rive", "Salva", "Torre", "Val", "Verdi", "Zano"},
     {"belli", "casa", "doro", "felli", "gallo", "lini", "mari", "nelli", "nuovo", "retti", "rosa",
      "santi", "tini", "vento", "vicini", "zoni"}},
    {{"Bog", "Cze", "Dobr", "Gniew", "Jar", "Kazi", "Lud", "Mil", "Now", "Rad", "Svet", "Tom",
      "Wit", "Zden"},
     {"ana", "ek", "ena", "imir", "isław", "ka", "omir", "osz", "usia", "ina"},
     {"Bere", "Chmie", "Dąbro", "Gró", "Jani", "Kali", "Lipi", "Malino", "Niedź", "Olsze", "Pola",
      "Rado", "Sos", "Topo", "Wierzb", "Zawa", "Żura", "Brzo"},
     {"bowa", "cewicz", "czak", "czuk", "dek", "kowa", "lewicz", "larz", "mirska", "niak", "nowa",
      "szek", "tkowicz", "wiecka", "wnik", "zyk"}},
    {{"Ald", "Bir", "Dag", "Eyv", "Frey", "Grim", "Hall", "Ing", "Kol", "Lei", "Mar", "Odd", "Sig",
      "Tor"},
     {"a", "bjørg", "dis", "e", "finn", "hild", "mund", "ny", "ulf", "vard"},
     {"Ask", "Berg", "Dal", "Eike", "Fjell", "Gran", "Hav", "Is", "Kvern", "Lyng", "Myr", "Nes",
      "Rønn", "Skog", "Strand", "Tind", "Vik", "Ås"},
     {"berg", "bø", "dalen", "eng", "fors", "gård", "hagen", "holm", "lund", "mo", "rud", "sæter",
      "strøm", "vang", "vold", "øy"}},
    {{"Ade", "Bolu", "Chi", "Dami", "Efo", "Femi", "Ife", "Kelu", "Lami", "Nne", "Obi", "Sade",
      "Temi", "Yewa"},
     {"bola", "dun", "fe", "kan", "lola", "mike", "nna", "ra", "sola", "wole"},
     {"Aba", "Baku", "Dike", "Eze", "Fola", "Gbe", "Ike", "Ka", "Lawe", "Mbe", "Nwo", "Oku", "Ola",
      "Sowe", "Tande", "Ume", "Wasi", "Zuma"},
     {"bade", "chukwa", "denga", "fori", "gbemi", "jide", "kanda", "lende", "meko", "nibo", "pewa",
      "rinde", "sanya", "tomi", "wande", "yinka"}},
    {{"Ay", "Bar", "Cem", "Der", "Elv", "Fer", "Gül", "İl", "Kay", "Lev", "Mel", "Nur", "Ser",
      "Yal"},
     {"an", "din", "em", "han", "ike", "kut", "mira", "naz", "tek", "van"},
     {"Ak", "Boz", "Çınar", "Deniz", "Er", "Gök", "Huz", "Kara", "Koç", "Kut", "Meşe", "Öz", "Sarı",
      "Taş", "Tuna", "Uz", "Yel", "Yıl"},
     {"alp", "bay", "can", "demir", "er", "gül", "han", "kaya", "lı", "man", "oğlu", "soy", "su",
      "tepe", "türk", "yurt"}},
};

static const char *const place_start[] = {
    "Al",  "Bran", "Cor", "Dun",  "Est", "Fal", "Gren", "Hol", "Is",  "Jor", "Kel", "Lun", "Mar",
    "Nor", "Ost",  "Pel", "Quin", "Ros", "Sel", "Tor",  "Ul",  "Var", "Wen", "Yar", "Zel"};
static const char *const place_end[] = {"bach", "dern", "feld", "gate", "haven",
                                        "kirk", "lund", "mor",  "nitz", "pont",
                                        "rica", "stad", "tavo", "varn", "wick"};
static const char *const unit_kind[] = {"Bakery",  "Clinic",   "Depot",    "Foundry",
                                        "Harbour", "Hospital", "Library",  "Mill",
                                        "Office",  "School",   "Shipyard", "Works"};
static const char *const street_kind[] = {"Street", "Road", "Row", "Lane", "Square", "Quay"};

enum {
    PER_MANNER = GIVEN_STARTS * GIVEN_ENDS * FAMILY_STARTS * FAMILY_ENDS,
    PERSONS = PER_MANNER * (int)COUNT(manners),
    PLACES = (int)(COUNT(place_start) * COUNT(place_end)),
    UNITS = PLACES * (int)COUNT(unit_kind),
    HALF_BITS = 10
};
_Static_assert((int)PERSONS >= (int)NAMES_PERSONS_MAX &&
                   (int)PERSONS <= (int)NAMES_HALF * (int)NAMES_HALF,
               "one name a person");
_Static_assert((int)UNITS >= (int)NAMES_UNITS_MAX, "one name a unit");
_Static_assert((int)NAMES_HALF == 1 << HALF_BITS, "halves of the permutation");

static void draw_rounds(uint16_t rounds[NAMES_ROUNDS][NAMES_HALF], struct stream *stream)
{
    for (size_t r = 0; r < NAMES_ROUNDS; r++)
        for (size_t i = 0; i < NAMES_HALF; i++)
            rounds[r][i] = (uint16_t)stream_below(stream, NAMES_HALF);
}

void names_init(struct names *names, struct stream *stream)
{
    draw_rounds(names->persons, stream);
    draw_rounds(names->units, stream);
}

/* A keyed permutation of [0, size): a Feistel network on 20 bits, walked until it falls into the
 * range. */
static uint32_t scatter(const uint16_t rounds[NAMES_ROUNDS][NAMES_HALF], uint32_t row,
                        uint32_t size)
{
    do {
        uint32_t left = row >> HALF_BITS, right = row & (NAMES_HALF - 1);
        for (size_t r = 0; r < NAMES_ROUNDS; r++) {
            uint32_t next = left ^ rounds[r][right];
            left = right;
            right = next;
        }
        row = left << HALF_BITS | right;
    } while (row >= size);
    return row;
}

static uint32_t take_digit(uint32_t *rest, uint32_t base)
{
    uint32_t digit = *rest % base;
    *rest /= base;
    return digit;
}

static void join(char ret[NAMES_TEXT_SIZE], const char *start, const char *end)
{
    (void)snprintf(ret, NAMES_TEXT_SIZE, "%s%s", start, end);
}

static void fold_into(const char *name, char ret[NAMES_TEXT_SIZE])
{
    size_t len = fold_text(str_from(name), false, ret, NAMES_TEXT_SIZE - 1);
    ret[len] = '\0';
}

void names_person(const struct names *names, uint32_t row, struct names_person *ret)
{
    assert(row < NAMES_PERSONS_MAX);
    uint32_t rest = scatter(names->persons, row, PERSONS), spread = rest;
    const struct manner *manner = &manners[take_digit(&rest, COUNT(manners))];
    uint32_t given_start = take_digit(&rest, GIVEN_STARTS),
             given_end = take_digit(&rest, GIVEN_ENDS);
    uint32_t family_start = take_digit(&rest, FAMILY_STARTS);
    join(ret->given, manner->given_start[given_start], manner->given_end[given_end]);
    join(ret->family, manner->family_start[family_start], manner->family_end[rest]);
    (void)snprintf(ret->number, sizeof ret->number, "%06u", row + 1);
    char given[NAMES_TEXT_SIZE], family[NAMES_TEXT_SIZE];
    fold_into(ret->given, given);
    fold_into(ret->family, family);
    (void)snprintf(ret->email, sizeof ret->email, "%s.%s.%u@members.invalid", given, family,
                   row + 1);
    const char *street = place_start[spread / 7 % COUNT(place_start)],
               *kind = street_kind[spread % COUNT(street_kind)];
    (void)snprintf(ret->street, sizeof ret->street, "%u %s%s %s", spread % 89 + 1, street,
                   place_end[spread / 11 % COUNT(place_end)], kind);
    uint32_t place = spread / 13 % PLACES;
    (void)snprintf(ret->place, sizeof ret->place, "%04u %s%s", place,
                   place_start[place % COUNT(place_start)], place_end[place / COUNT(place_start)]);
}

void names_unit(const struct names *names, uint32_t row, char ret[NAMES_TEXT_SIZE])
{
    assert(row < NAMES_UNITS_MAX);
    uint32_t rest = scatter(names->units, row, UNITS);
    const char *kind = unit_kind[take_digit(&rest, COUNT(unit_kind))];
    const char *start = place_start[take_digit(&rest, COUNT(place_start))];
    (void)snprintf(ret, NAMES_TEXT_SIZE, "%s%s %s", start, place_end[rest], kind);
}
