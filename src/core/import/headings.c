#include "core/import/headings.h"

#include "core/import/fold.h"

/* One string per field: headings folded to plain letters and digits, parted by spaces. */
static const char *const words_of[ROLL_FIELDS] = {
    [ROLL_NUMBER] = "number no num nr id memberno membernumber membernr memberid membershipno "
                    "membershipnumber membershipid "
                    "mitgliedsnummer mitgliedsnr mitgliednummer mitgliednr mitglnr mitglnummer "
                    "mgnr mnr nummer ausweisnummer "
                    "n numero matricule numeroadherent numerodadherent nadherent noadherent "
                    "nodadherent ndadherent numerodemembre "
                    "nummembre nomembre ncarte numerodecarte numerosocio numerodesocio numsocio "
                    "nsocio ndesocio numeroafiliado "
                    "numerodeafiliado nafiliado numafiliado ndeafiliado numerotessera "
                    "numerodeltessera ntessera numtessera tessera "
                    "matricola nmatricola numerodetessera numerodematricula nmatricula matricula "
                    "lidnummer lidnr lidmaatschapsnummer "
                    "numerczlonkowski nrczlonkowski numerczlonka nrlegitymacji numerlegitymacji "
                    "legitymacja medlemsnummer medlemsnr "
                    "jasennumero cisloclena clenskecislo",
    [ROLL_NAME] = "name fullname membername member nameofmember mitglied vollername vornamename "
                  "namevorname nachnamevorname "
                  "vornamenachname vorundnachname vorundzuname nom nomcomplet nometprenom "
                  "nomprenom prenomnom prenometnom nombre "
                  "nombrecompleto nombreyapellidos apellidosynombre apellidosnombre nome "
                  "nomecompleto nomeecognome cognomeenome "
                  "cognomenome nomecognome nominativo naam volledigenaam naamlid imieinazwisko "
                  "nazwiskoiimie nazwiskoimie navn "
                  "namn nimi jmeno lastnamefirstname surnamefirstname familynamegivenname",
    [ROLL_GIVEN] = "givenname givennames given firstname first firstnames forename forenames "
                   "vorname vornamen rufname prenom "
                   "prenoms nombredepila nomeproprio primeironome voornaam roepnaam imie imiona "
                   "fornavn fornamn etunimi krestnijmeno",
    [ROLL_FAMILY] = "familyname family lastname last surname nachname familienname zuname "
                    "nomdefamille apellido apellidos cognome "
                    "apelido apelidos sobrenome ultimonome achternaam familienaam nazwisko "
                    "efternavn efternamn etternavn sukunimi "
                    "prijmeni",
    [ROLL_UNIT] = "unit branch workplace chapter local section district department site lodge "
                  "group worksite shop einheit "
                  "ortsgruppe ortsverband ortsverein betrieb abteilung gliederung sektion bezirk "
                  "standort kreisverband gruppe "
                  "unite syndicat lieudetravail etablissement antenne groupe service unidad "
                  "seccion centro centrodetrabajo "
                  "delegacion agrupacion unita sezione sede circolo reparto luogodilavoro unidade "
                  "secao seccao nucleo "
                  "localdetrabalho delegacao afdeling eenheid vestiging werkplek groep jednostka "
                  "oddzial kolo sekcja zakladpracy "
                  "avdelning avdeling afdelingen lokallag klubb osasto pobocka",
    [ROLL_EMAIL] = "email emailaddress mail mailaddress emailadresse mailadresse epost courriel "
                   "mel adresseemail adressemail "
                   "adresseelectronique adressecourriel correo correoelectronico direcciondecorreo "
                   "postaelettronica indirizzoemail "
                   "indirizzomail correioeletronico correioelectronico enderecodeemail emailadres "
                   "mailadres adresemail "
                   "adrespocztyelektronicznej sahkoposti",
    [ROLL_PHONE] =
        "phone phoneno phonenumber telephone telephonenumber tel mobile mobilephone mobileno cell "
        "cellphone telefon "
        "telefonnummer telefonnr handy handynummer mobil mobilnummer mobiltelefon rufnummer "
        "numerodetelephone portable "
        "telephoneportable telefono telefonomovil movil cellulare recapito telefone telemovel "
        "celular telefoon "
        "telefoonnummer mobiel gsm komorka numertelefonu nrtelefonu telefonkomorkowy puhelin",
    [ROLL_BORN] = "birthdate dateofbirth dob born birthday geburtsdatum geburtstag geboren "
                  "gebdatum geb datedenaissance naissance "
                  "dnaissance neele fechadenacimiento fechanacimiento nacimiento fnacimiento "
                  "datadinascita datanascita nascita "
                  "natoil datadenascimento nascimento geboortedatum geborenop dataurodzenia "
                  "fodselsdato fodelsedatum syntymaaika",
    [ROLL_JOINED] = "joined joindate datejoined dateofjoining joinedon membersince startdate "
                    "eintritt eintrittsdatum beitritt "
                    "beitrittsdatum mitgliedseit dateadhesion datedadhesion adhesion membredepuis "
                    "fechadealta fechaalta alta "
                    "fechadeingreso ingreso afiliadodesde dataiscrizione datadiiscrizione "
                    "iscrizione dataadesione iscrittodal "
                    "datadeadmissao admissao datadeadesao adesao lidsinds lidvanaf inschrijfdatum "
                    "datumlidmaatschap datawstapienia "
                    "dataprzystapienia czlonekod medlemsiden medlemsedan",
    [ROLL_WEIGHT] = "weight votes voteweight stimmen stimmgewicht gewicht gewichtung voix poids "
                    "votos peso voti stemmen "
                    "liczbaglosow",
};

static bool is_among(str word, const char *words)
{
    str rest = str_from(words);
    while (rest.len)
        if (str_eq(str_cut(&rest, ' '), word)) return true;
    return false;
}

bool heading_field(str heading, enum roll_field *ret)
{
    char folded[64];
    size_t len = fold_text(heading, false, folded, sizeof folded);
    if (len == 0) return false;
    for (int field = 0; field < ROLL_FIELDS; field++) {
        if (!is_among((str){folded, len}, words_of[field])) continue;
        *ret = (enum roll_field)field;
        return true;
    }
    return false;
}

bool heading_is_total(str cell)
{
    char folded[64];
    str rest = {folded, fold_text(cell, true, folded, sizeof folded)};
    str word = str_cut(&rest, ' ');
    return word.len &&
           is_among(
               word,
               "total totals totale totali totaal subtotal subtotaal sum summe summen gesamt "
               "gesamtsumme zwischensumme insgesamt somme soustotal suma somma soma razem ogolem "
               "sumaryczny summa yhteensa celkem totais totales totaux");
}
