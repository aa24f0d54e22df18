package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A lie told about a good export: changes it, and says whether it could be told there.
type lie struct {
	name string
	tell func(random *rand.Rand, files export) bool
}

// Lies of someone without the log's key.
var lies = []lie{
	{"a bit flipped", func(random *rand.Rand, files export) bool {
		file := files[pick(random, files, "")]
		if len(file) == 0 {
			return false
		}
		file[random.Intn(len(file))] ^= 1 << random.Intn(8)
		return true
	}},
	{"a file cut short", func(random *rand.Rand, files export) bool {
		name := pick(random, files, "")
		if len(files[name]) == 0 {
			return false
		}
		files[name] = files[name][:random.Intn(len(files[name]))]
		return true
	}},
	{"bytes appended", func(random *rand.Rand, files export) bool {
		name := pick(random, files, "")
		files[name] = append(files[name], make([]byte, 1+random.Intn(40))...)
		return true
	}},
	{"a tile missing", func(random *rand.Rand, files export) bool {
		delete(files, pick(random, files, "tile/"))
		return true
	}},
	{"two files exchanged", func(random *rand.Rand, files export) bool {
		a, b := pick(random, files, ""), pick(random, files, "")
		if string(files[a]) == string(files[b]) {
			return false
		}
		files[a], files[b] = files[b], files[a]
		return true
	}},
	{"two entries exchanged", func(random *rand.Rand, files export) bool {
		return swap(random, files, "tile/entries/", 2)
	}},
	{"two acts exchanged", func(random *rand.Rand, files export) bool {
		return swap(random, files, "tile/acts/", 4)
	}},
	{"two hashes exchanged", func(random *rand.Rand, files export) bool {
		tile := files[pick(random, files, "tile/0/")]
		a, b := 32*random.Intn(len(tile)/32), 32*random.Intn(len(tile)/32)
		if a == b {
			return false
		}
		var saved [32]byte
		copy(saved[:], tile[a:a+32])
		copy(tile[a:a+32], tile[b:b+32])
		copy(tile[b:b+32], saved[:])
		return true
	}},
	{"a strange file", func(random *rand.Rand, files export) bool {
		files[fmt.Sprintf("tile/%d/%03d", random.Intn(9), 3+random.Intn(900))] = make([]byte, 8192)
		return true
	}},
}

// Entries the operator's lies are told about: over one tile, little enough to publish often.
const operatorLog = 300

// A log as its owner holds it: what was accepted when.
type entry struct{ leaf, stored []byte }

// Lies of the operator, who rebuilds every tile and signs the checkpoint anew.
var operatorLies = []struct {
	name string
	tell func(random *rand.Rand, log []entry) []entry
}{
	{"an act left out", func(random *rand.Rand, log []entry) []entry {
		i := random.Intn(len(log) / 2)
		return append(log[:i:i], log[i+1:]...)
	}},
	{"two acts in another order", func(random *rand.Rand, log []entry) []entry {
		i := random.Intn(len(log) / 2)
		log[i].stored, log[i+1].stored = log[i+1].stored, log[i].stored
		log[i].leaf, log[i+1].leaf = retell(log[i+1].leaf, log[i].leaf), retell(log[i].leaf, log[i+1].leaf)
		return log
	}},
	{"an act logged twice", func(random *rand.Rand, log []entry) []entry {
		i := random.Intn(len(log))
		return append(log[:len(log):len(log)], entry{retell(log[i].leaf, log[len(log)-1].leaf), log[i].stored})
	}},
	{"an act rewritten", func(random *rand.Rand, log []entry) []entry {
		i := random.Intn(len(log))
		stored := strings.Replace(string(log[i].stored), `"nonce":"`, `"nonce":"0`, 1)
		at := strings.Index(stored, `"nonce":"0`)
		if at < 0 {
			return nil
		}
		stored = stored[:at+10+31] + stored[at+10+32:] // 32 digits again
		if stored == string(log[i].stored) {
			return nil
		}
		log[i] = entry{recommit(log[i].leaf, []byte(stored)), []byte(stored)}
		return log
	}},
	{"time moved", func(random *rand.Rand, log []entry) []entry {
		i := random.Intn(len(log))
		l, err := parseLeaf(log[i].leaf)
		if err != nil || l.kind == "tick" || l.kind == "ballot.cast" {
			return nil
		}
		moved := l.at + 3*24*3600
		for k := i; k < len(log); k++ {
			if later, _ := parseLeaf(log[k].leaf); later.at < moved {
				log[k].leaf = restamp(log[k].leaf, moved)
			}
		}
		return log
	}},
	{"a public act withheld", func(random *rand.Rand, log []entry) []entry {
		i := random.Intn(len(log))
		if l, err := parseLeaf(log[i].leaf); err != nil || l.vis != "public" {
			return nil
		}
		log[i].stored = nil
		return log
	}},
}

func pick(random *rand.Rand, files export, prefix string) string {
	var names []string
	for name := range files {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names[random.Intn(len(names))]
}

func swap(random *rand.Rand, files export, prefix string, size int) bool {
	name := pick(random, files, prefix)
	parts, err := splitBundle(files[name], size)
	if err != nil {
		return false
	}
	a, b := random.Intn(len(parts)), random.Intn(len(parts))
	if string(parts[a]) == string(parts[b]) {
		return false
	}
	parts[a], parts[b] = parts[b], parts[a]
	files[name] = joinBundle(parts, size)
	return true
}

func joinBundle(parts [][]byte, size int) []byte {
	var bundle []byte
	for _, part := range parts {
		for shift := 8 * (size - 1); shift >= 0; shift -= 8 {
			bundle = append(bundle, byte(len(part)>>shift))
		}
		bundle = append(bundle, part...)
	}
	return bundle
}

func writeLeaf(l leaf) []byte {
	return []byte(fmt.Sprintf("plenary.leaf/v1\n{\"at\":%d,\"hash\":\"%s\",\"kind\":\"%s\",\"vis\":\"%s\"}\n", l.at, l.hash, l.kind, l.vis))
}

// The leaf with the time of another.
func retell(of, when []byte) []byte {
	l, _ := parseLeaf(of)
	other, _ := parseLeaf(when)
	l.at = other.at
	return writeLeaf(l)
}

func restamp(of []byte, at int64) []byte {
	l, _ := parseLeaf(of)
	l.at = at
	return writeLeaf(l)
}

func recommit(of, stored []byte) []byte {
	l, _ := parseLeaf(of)
	sum := sha256.Sum256(stored)
	l.hash = base64.StdEncoding.EncodeToString(sum[:])
	return writeLeaf(l)
}

func bundles(log []entry, kind string, size int, of func(entry) []byte, files export) {
	for n := 0; n*width < len(log); n++ {
		end := (n + 1) * width
		if end > len(log) {
			end = len(log)
		}
		var parts [][]byte
		for _, e := range log[n*width : end] {
			parts = append(parts, of(e))
		}
		files[tilePath(kind, int64(n), len(parts))] = joinBundle(parts, size)
	}
}

// The whole export of a log under a key of our own.
func publish(log []entry, origin string, signer note.Signer) (export, error) {
	files := export{}
	bundles(log, "entries", 2, func(e entry) []byte { return e.leaf }, files)
	bundles(log, "acts", 4, func(e entry) []byte { return e.stored }, files)
	r := &record{size: int64(len(log))}
	for i, e := range log {
		hashes, err := tlog.StoredHashes(int64(i), e.leaf, r)
		if err != nil {
			return nil, err
		}
		r.stored = append(r.stored, hashes...)
	}
	for level := 0; r.size>>(8*level) > 0; level++ {
		for n, row := int64(0), r.size>>(8*level); n*width < row; n++ {
			w := min(int(row-n*width), width)
			data, err := tlog.ReadTileData(tlog.Tile{H: 8, L: level, N: n, W: w}, r)
			if err != nil {
				return nil, err
			}
			files[tilePath(fmt.Sprint(level), n, w)] = data
		}
	}
	root, err := r.rootAt(r.size)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, r.size, root)
	files["checkpoint"], err = note.Sign(&note.Note{Text: text}, signer)
	return files, err
}

func copyOf(files export) export {
	other := export{}
	for name, data := range files {
		other[name] = append([]byte(nil), data...)
	}
	return other
}

type score struct{ passed, failed int }

func (s *score) count(good bool, format string, args ...interface{}) {
	if good {
		s.passed++
		return
	}
	s.failed++
	fmt.Printf(format+"\n", args...)
}

// Tells `seeds` lies of each class about a good export; every one must be noticed.
func selftest(files export, o options, seeds int) (score, error) {
	var s score
	for _, l := range lies {
		told := 0
		for seed := int64(1); told < seeds && seed < int64(50*seeds); seed++ {
			changed := copyOf(files)
			if !l.tell(rand.New(rand.NewSource(seed)), changed) {
				continue
			}
			told++
			_, err := verify(changed, o)
			s.count(err != nil, "%s (seed %d) was not noticed", l.name, seed)
		}
		s.count(told >= seeds, "%s: only %d of %d could be told", l.name, told, seeds)
	}
	return s, operatorTest(files, o, seeds, &s)
}

func operatorTest(files export, o options, seeds int, s *score) error {
	good := &record{files: files, logKey: o.logKey}
	h, err := openCheckpoint(files["checkpoint"], o.logKey)
	if err != nil {
		return err
	}
	good.size = h.size
	leaves, err := good.readBundles("entries", 2)
	if err != nil {
		return err
	}
	acts, err := good.readBundles("acts", 4)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewSource(1))
	skey, vkey, err := note.GenerateKey(random, h.origin)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	log := make([]entry, min(len(leaves), operatorLog))
	for i := range log {
		log[i] = entry{leaves[i], acts[i]}
	}
	own := options{logKey: vkey, memberKeys: o.memberKeys}
	published, err := publish(log, h.origin, signer)
	if err != nil {
		return err
	}
	_, err = verify(published, own)
	s.count(err == nil, "the log published again: %v", err)
	for _, l := range operatorLies {
		told := 0
		for seed := int64(1); told < seeds && seed < int64(200*seeds); seed++ {
			changed := l.tell(rand.New(rand.NewSource(seed)), append([]entry(nil), log...))
			if changed == nil {
				continue
			}
			told++
			published, err := publish(changed, h.origin, signer)
			if err != nil {
				return err
			}
			_, err = verify(published, own)
			s.count(err != nil, "%s (seed %d) was not noticed", l.name, seed)
		}
		s.count(told >= seeds, "%s: only %d of %d could be told", l.name, told, seeds)
	}
	return nil
}
