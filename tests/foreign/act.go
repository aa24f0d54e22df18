package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
)

var (
	kindForm   = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
	keyForm    = regexp.MustCompile(`^[a-z0-9_]+$`)
	midForm    = regexp.MustCompile(`^[0-9a-f]{32}$`)
	hashForm   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	deviceForm = regexp.MustCompile(`^[0-9a-f]{8}$`)
)

const (
	lineMax   = 65536
	depthMax  = 16
	maxInt    = 1<<53 - 1
	freshFor  = 7 * 24 * 3600
	clockFast = 5 * 60
	clockSlow = 24 * 3600
)

// ---- canonical JSON: what is read is written again in the one spelling and compared ----

func canonical(value interface{}, depth int, out *bytes.Buffer) error {
	switch v := value.(type) {
	case bool:
		fmt.Fprintf(out, "%v", v)
	case json.Number:
		n, err := v.Int64()
		if err != nil || n < 0 || n > maxInt {
			return fmt.Errorf("number %s", v)
		}
		fmt.Fprintf(out, "%d", n)
	case string:
		return canonicalString(v, out)
	case []interface{}:
		if depth == depthMax {
			return fmt.Errorf("nested too deep")
		}
		for i, element := range v {
			out.WriteByte("[,"[min(i, 1)])
			if err := canonical(element, depth+1, out); err != nil {
				return err
			}
		}
		out.WriteString("[]"[min(len(v), 1):])
	case map[string]interface{}:
		return canonicalObject(v, depth, out)
	default:
		return fmt.Errorf("null")
	}
	return nil
}

func canonicalString(s string, out *bytes.Buffer) error {
	out.WriteByte('"')
	for _, c := range s {
		if c < 0x20 || c >= 0x7f && c <= 0x9f {
			return fmt.Errorf("control character")
		}
		if c == '"' || c == '\\' {
			out.WriteByte('\\')
		}
		out.WriteRune(c)
	}
	out.WriteByte('"')
	return nil
}

func canonicalObject(object map[string]interface{}, depth int, out *bytes.Buffer) error {
	if depth == depthMax {
		return fmt.Errorf("nested too deep")
	}
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for i, key := range keys {
		if !keyForm.MatchString(key) {
			return fmt.Errorf("key %q", key)
		}
		out.WriteByte("{,"[min(i, 1)])
		out.WriteString(`"` + key + `":`)
		if err := canonical(object[key], depth+1, out); err != nil {
			return err
		}
	}
	out.WriteString("{}"[min(len(keys), 1):])
	return nil
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// "plenary.x/v1\n" and one canonical JSON object with its newline.
func openText(text, kind string) (map[string]interface{}, error) {
	if !utf8.ValidString(text) || !strings.HasPrefix(text, kind+"\n") || !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("not a %s", kind)
	}
	line := strings.TrimSuffix(text[len(kind)+1:], "\n")
	if len(line) > lineMax {
		return nil, fmt.Errorf("line of %d bytes", len(line))
	}
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	var object map[string]interface{}
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	var again bytes.Buffer
	if err := canonical(object, 0, &again); err != nil {
		return nil, err
	}
	if again.String() != line {
		return nil, fmt.Errorf("not the canonical spelling")
	}
	return object, nil
}

// Takes the keys of an object one by one; end() finds what was missing, wrong or left.
type fields struct {
	object map[string]interface{}
	taken  int
	err    error
}

func (f *fields) any(key string) interface{} {
	value, ok := f.object[key]
	if !ok && f.err == nil {
		f.err = fmt.Errorf("%q is missing", key)
	}
	f.taken++
	return value
}

func (f *fields) wrong(key string) {
	if f.err == nil {
		f.err = fmt.Errorf("%q has a wrong form", key)
	}
}

func (f *fields) str(key string) string {
	s, ok := f.any(key).(string)
	if !ok {
		f.wrong(key)
	}
	return s
}

func (f *fields) form(key string, form *regexp.Regexp) string {
	s := f.str(key)
	if !form.MatchString(s) {
		f.wrong(key)
	}
	return s
}

func (f *fields) integer(key string) int64 {
	n, ok := f.any(key).(json.Number)
	if !ok {
		f.wrong(key)
		return 0
	}
	value, _ := n.Int64()
	return value
}

func (f *fields) mapping(key string) map[string]interface{} {
	object, ok := f.any(key).(map[string]interface{})
	if !ok {
		f.wrong(key)
	}
	return object
}

func (f *fields) end() error {
	if f.err == nil && f.taken != len(f.object) {
		return fmt.Errorf("an unknown key")
	}
	return f.err
}

// ---- acts ----

type line struct {
	name      string
	keyID     uint32
	signature []byte
}

type act struct {
	text, origin, kind, by string
	at                     int64
	id                     string
	body                   map[string]interface{}
	prev                   []string
	seenSize               int64
	seenRoot               string
	via                    []string
	lines                  []line
}

func parseAct(msg []byte) (*act, error) {
	text, lines, err := splitNote(msg)
	if err != nil {
		return nil, err
	}
	object, err := openText(text, "plenary.act/v1")
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256([]byte(text))
	a := &act{text: text, id: hex.EncodeToString(id[:])}
	if err := a.readEnvelope(object); err != nil {
		return nil, err
	}
	if err := a.readLines(lines); err != nil {
		return nil, err
	}
	return a, a.checkSigners()
}

func (a *act) readEnvelope(object map[string]interface{}) error {
	f := fields{object: object}
	a.at, a.body, a.by = f.integer("at"), f.mapping("body"), f.form("by", midForm)
	a.kind, a.origin = f.form("kind", kindForm), f.str("origin")
	f.form("nonce", midForm)
	switch prev := f.any("prev").(type) {
	case string:
		a.prev = []string{prev}
	case []interface{}:
		for _, one := range prev {
			s, _ := one.(string)
			a.prev = append(a.prev, s)
		}
		if len(a.prev) < 2 {
			f.wrong("prev")
		}
	}
	seen := fields{object: f.mapping("seen")}
	a.seenRoot, a.seenSize = seen.str("root"), seen.integer("size")
	if _, attested := object["via"]; attested {
		via, _ := f.any("via").([]interface{})
		for _, one := range via {
			mid, _ := one.(string)
			a.via = append(a.via, mid)
		}
		good := len(a.via) == 2 && midForm.MatchString(a.via[0]) && midForm.MatchString(a.via[1]) &&
			a.via[0] < a.via[1] && a.by != a.via[0] && a.by != a.via[1]
		if !good {
			f.wrong("via")
		}
	}
	for _, prev := range a.prev {
		if prev != "genesis" && !hashForm.MatchString(prev) {
			f.wrong("prev")
		}
	}
	if err := f.end(); err != nil {
		return err
	}
	return seen.end()
}

func (a *act) readLines(lines []string) error {
	for i, text := range lines {
		if i > 0 && lines[i-1] >= text {
			return fmt.Errorf("signature lines out of order")
		}
		match := sigLine.FindStringSubmatch(text)
		bytes, err := base64.StdEncoding.DecodeString(match[2])
		if err != nil || len(bytes) != 4+ed25519.SignatureSize {
			return fmt.Errorf("signature line of %d bytes", len(bytes))
		}
		a.lines = append(a.lines, line{match[1], binary.BigEndian.Uint32(bytes), bytes[4:]})
	}
	if len(a.lines) != len(a.prev) {
		return fmt.Errorf("%d signatures and %d prev", len(a.lines), len(a.prev))
	}
	return nil
}

// The key names must be exactly those that `via` or the kind demands.
func (a *act) checkSigners() error {
	device := func(mid string) string { return regexp.QuoteMeta(a.origin+"/m/"+mid+"/") + "[0-9a-f]{8}" }
	own := device(a.by)
	wanted := []string{own}
	if a.via != nil {
		wanted = []string{device(a.via[0]), device(a.via[1])}
	} else if a.kind == "key.enrol" {
		wanted = []string{regexp.QuoteMeta(a.origin + "/e/" + a.by), own}
	} else if a.kind == "key.confirm" || a.kind == "org.epoch" {
		wanted = []string{own, regexp.QuoteMeta(a.origin + "/n")}
	} else if a.kind == "key.add" {
		wanted = []string{own, own}
	}
	if len(wanted) != len(a.lines) {
		return fmt.Errorf("%d signatures, %s wants %d", len(a.lines), a.kind, len(wanted))
	}
	for i, form := range wanted {
		if ok, _ := regexp.MatchString("^"+form+"$", a.lines[i].name); !ok {
			return fmt.Errorf("%s may not sign this %s", a.lines[i].name, a.kind)
		}
	}
	if a.kind == "key.add" && a.via == nil && a.lines[0].name == a.lines[1].name {
		return fmt.Errorf("one device signed twice")
	}
	return nil
}

// ---- keys, chains, heads ----

type keyring struct {
	origin string
	keys   map[string]ed25519.PublicKey // name+id -> key
	last   map[string]string            // name+id -> id of the last act it signed
}

func ringName(name string, id uint32) string { return fmt.Sprintf("%s+%08x", name, id) }

func (k *keyring) add(name string, key []byte) {
	sum := sha256.Sum256(append([]byte(name+"\n\x01"), key...))
	k.keys[ringName(name, binary.BigEndian.Uint32(sum[:]))] = key
}

func (k *keyring) addVKey(vkey string) error {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return fmt.Errorf("verifier key %q", vkey)
	}
	bytes, err := strictBase64(parts[2])
	if err != nil || len(bytes) != 33 || bytes[0] != 1 {
		return fmt.Errorf("verifier key %q", vkey)
	}
	k.add(parts[0], bytes[1:])
	return nil
}

// Which kinds bring keys into the record; whether they may is a rule, and rules are not run here.
func bringsKeys(kind string) bool {
	return kind == "org.found" || kind == "code.issue" || strings.HasPrefix(kind, "key.") || strings.HasPrefix(kind, "roll.")
}

// {device,key[,mid]} is a device's key, {key,mid} an enrolment key; also inside lists.
func (k *keyring) learn(value interface{}, by string) {
	switch v := value.(type) {
	case []interface{}:
		for _, element := range v {
			k.learn(element, by)
		}
	case map[string]interface{}:
		device, _ := v["device"].(string)
		mid, named := v["mid"].(string)
		text, _ := v["key"].(string)
		key, err := hex.DecodeString(text)
		if err == nil && len(key) == ed25519.PublicKeySize {
			if !named {
				mid = by
			}
			if deviceForm.MatchString(device) {
				k.add(k.origin+"/m/"+mid+"/"+device, key)
			} else if named {
				k.add(k.origin+"/e/"+mid, key)
			}
		}
		for _, element := range v {
			k.learn(element, by)
		}
	}
}

func (r *record) checkActs(memberKeys string) error {
	bundles, err := r.readBundles("acts", 4)
	if err != nil {
		return err
	}
	ring := &keyring{r.origin, map[string]ed25519.PublicKey{}, map[string]string{}}
	for _, vkey := range strings.Fields(memberKeys) {
		if err := ring.addVKey(vkey); err != nil {
			return err
		}
	}
	heads := map[int64]tlog.Hash{}
	ids := map[string]bool{}
	gap := false // after something withheld, chains cannot be followed
	for i, stored := range bundles {
		if len(stored) == 0 {
			if r.leaves[i].vis == "public" {
				return fmt.Errorf("entry %d is public and not here", i)
			}
			r.report.Withheld++
			gap = true
			continue
		}
		a, err := r.checkStored(i, stored)
		if err == nil && a != nil {
			if ids[a.id] {
				err = fmt.Errorf("logged twice")
			}
			ids[a.id] = true
			if err == nil {
				err = r.checkAct(i, a, ring, heads, gap)
			}
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	r.report.Seen = r.report.Acts
	return nil
}

// Is this the text the leaf commits to? Ticks and ballots are unsigned.
func (r *record) checkStored(i int, stored []byte) (*act, error) {
	l := r.leaves[i]
	sum := sha256.Sum256(stored)
	if base64.StdEncoding.EncodeToString(sum[:]) != l.hash {
		return nil, fmt.Errorf("the leaf commits to another text")
	}
	if l.kind == "ballot.cast" {
		if !bytes.HasPrefix(stored, []byte("plenary.ballot/v1\n")) {
			return nil, fmt.Errorf("not a ballot")
		}
		r.report.Ballots++
		return nil, nil
	}
	if l.kind == "tick" {
		object, err := openText(string(stored), "plenary.tick/v1")
		if err != nil {
			return nil, err
		}
		f := fields{object: object}
		f.mapping("body")
		if f.integer("index") != int64(i) || f.str("origin") != r.origin {
			return nil, fmt.Errorf("a tick of another place")
		}
		r.report.Ticks++
		return nil, f.end()
	}
	a, err := parseAct(stored)
	if err == nil && (a.kind != l.kind || a.origin != r.origin) {
		err = fmt.Errorf("an act %s of %s under a leaf of kind %s", a.kind, a.origin, l.kind)
	}
	return a, err
}

func (r *record) checkAct(i int, a *act, ring *keyring, heads map[int64]tlog.Hash, gap bool) error {
	if err := r.checkTimes(i, a, heads); err != nil {
		return err
	}
	if bringsKeys(a.kind) {
		ring.learn(a.body, a.by)
	}
	if a.kind == "org.found" {
		for _, name := range []string{"node_key", "refusal_key"} {
			if vkey, ok := a.body[name].(string); ok {
				if err := ring.addVKey(vkey); err != nil {
					return err
				}
			}
		}
	}
	for n, line := range a.lines {
		name := ringName(line.name, line.keyID)
		key, known := ring.keys[name]
		if !known && gap {
			continue
		}
		if !known {
			return fmt.Errorf("nothing in the record names the key %s", name)
		}
		if !ed25519.Verify(key, []byte(a.text), line.signature) {
			return fmt.Errorf("the signature of %s is false", name)
		}
		last, signed := ring.last[name]
		if !signed {
			last = "genesis"
			r.report.Keys++
		}
		if a.prev[n] != last && !gap {
			return fmt.Errorf("%s names %s as its last act, the record %s", name, a.prev[n], last)
		}
		ring.last[name] = a.id
		r.report.Signatures++
	}
	r.report.Acts++
	return nil
}

// The act's clock, and the head it says its signer had seen.
func (r *record) checkTimes(i int, a *act, heads map[int64]tlog.Hash) error {
	at := r.leaves[i].at
	if at < a.at-clockFast || at > a.at+clockSlow {
		return fmt.Errorf("signed at %d, accepted at %d", a.at, at)
	}
	if a.seenSize > int64(i) {
		return fmt.Errorf("has seen %d entries before they were", a.seenSize)
	}
	if a.seenSize < int64(i) && r.leaves[a.seenSize].at < at-freshFor {
		return fmt.Errorf("the head it has seen is older than seven days")
	}
	root, ok := heads[a.seenSize]
	if !ok {
		var err error
		if root, err = r.rootAt(a.seenSize); err != nil {
			return err
		}
		heads[a.seenSize] = root
	}
	if root.String() != a.seenRoot {
		return fmt.Errorf("has seen another log: size %d with root %s", a.seenSize, a.seenRoot)
	}
	return nil
}
