package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type options struct {
	logKey, memberKeys, proof, old string
}

type report struct {
	Origin      string `json:"origin"`
	Size        int64  `json:"size"`
	Root        string `json:"root"`
	Tiles       int    `json:"tiles"`
	Acts        int    `json:"acts"`
	Withheld    int    `json:"withheld"`
	Ticks       int    `json:"ticks"`
	Ballots     int    `json:"ballots"`
	Signatures  int    `json:"signatures"`
	Keys        int    `json:"keys"`
	Seen        int    `json:"seen"`
	Inclusion   int    `json:"inclusion"`
	Consistency int    `json:"consistency"`
	Blobs       int    `json:"blobs"`
	KeyGiven    bool   `json:"key_given"`
}

const width = 256

type leaf struct {
	at   int64
	hash string
	kind string
	vis  string
}

type record struct {
	files  export
	logKey string
	origin string
	size   int64
	root   tlog.Hash
	leaves []leaf
	texts  [][]byte // of the leaves
	stored []tlog.Hash
	report report
}

func verify(files export, o options) (*report, error) {
	r := &record{files: files, logKey: o.logKey}
	r.report.KeyGiven = o.logKey != ""
	if r.logKey == "" {
		if err := r.findLogKey(); err != nil {
			return nil, err
		}
	}
	head, err := openCheckpoint(files["checkpoint"], r.logKey)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	r.origin, r.size, r.root = head.origin, head.size, head.root
	for _, step := range []func() error{r.readLeaves, r.checkTree, r.checkTiles, r.checkBlobs} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if err := r.checkActs(o.memberKeys); err != nil {
		return nil, err
	}
	if err := r.checkProofs(o); err != nil {
		return nil, err
	}
	r.report.Origin, r.report.Size, r.report.Root = r.origin, r.size, r.root.String()
	return &r.report, nil
}

// ---- checkpoint ----

type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

var sigLine = regexp.MustCompile(`^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$`)

func strictBase64(text string) ([]byte, error) {
	bytes, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(bytes) != text {
		return nil, fmt.Errorf("%q is not canonical base64", text)
	}
	return bytes, nil
}

func strictHash(text string) (hash tlog.Hash, err error) {
	bytes, err := strictBase64(text)
	if err == nil && len(bytes) != len(hash) {
		err = fmt.Errorf("%q is not 32 bytes", text)
	}
	copy(hash[:], bytes)
	return hash, err
}

// note.Open takes non-canonical base64 and lines it does not know, so the form is checked here.
func splitNote(msg []byte) (text string, lines []string, err error) {
	at := bytes.Index(msg, []byte("\n\n"))
	if at < 0 || !bytes.HasSuffix(msg, []byte("\n")) {
		return "", nil, fmt.Errorf("not a signed note")
	}
	text = string(msg[:at+1])
	lines = strings.Split(strings.TrimSuffix(string(msg[at+2:]), "\n"), "\n")
	for _, line := range lines {
		match := sigLine.FindStringSubmatch(line)
		if match == nil {
			return "", nil, fmt.Errorf("malformed signature line %q", line)
		}
		if _, err := strictBase64(match[2]); err != nil {
			return "", nil, err
		}
	}
	return text, lines, nil
}

func openCheckpoint(msg []byte, vkey string) (head, error) {
	var h head
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return h, fmt.Errorf("log key: %w", err)
	}
	text, lines, err := splitNote(msg)
	if err != nil {
		return h, err
	}
	opened, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return h, err
	}
	if opened.Text != text {
		return h, fmt.Errorf("two readings of one note")
	}
	ours := 0
	for _, line := range lines {
		match := sigLine.FindStringSubmatch(line)
		bytes, _ := strictBase64(match[2])
		if match[1] == verifier.Name() && len(bytes) >= 4 && binary.BigEndian.Uint32(bytes) == verifier.KeyHash() {
			ours++
		}
	}
	if ours != 1 || len(opened.Sigs) != 1 {
		return h, fmt.Errorf("%d lines of the log key", ours)
	}
	parts := strings.Split(text, "\n")
	if len(parts) != 4 || parts[3] != "" {
		return h, fmt.Errorf("not exactly origin, size and root")
	}
	h.origin = parts[0]
	if h.origin != verifier.Name() {
		return h, fmt.Errorf("origin %q is not the log key's", h.origin)
	}
	h.size, err = strconv.ParseInt(parts[1], 10, 64)
	if err != nil || h.size < 0 || strconv.FormatInt(h.size, 10) != parts[1] {
		return h, fmt.Errorf("size %q", parts[1])
	}
	h.root, err = strictHash(parts[2])
	return h, err
}

// The log key as the first act names it.
func (r *record) findLogKey() error {
	bundle := r.files[firstTile(r.files, "tile/acts/000")]
	acts, err := splitBundle(bundle, 4)
	if err != nil || len(acts) == 0 {
		return fmt.Errorf("no key given and no first act: %v", err)
	}
	a, err := parseAct(acts[0])
	if err != nil {
		return fmt.Errorf("first act: %w", err)
	}
	r.logKey, _ = a.body["log_key"].(string)
	return nil
}

func firstTile(files export, path string) string {
	if _, ok := files[path]; ok {
		return path
	}
	for name := range files {
		if strings.HasPrefix(name, path+".p/") {
			return name
		}
	}
	return path
}

// ---- leaves and tree ----

// 1234067 -> x001/x234/067, and .p/W behind a partial tile.
func tilePath(kind string, n int64, w int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if w < width {
		path += fmt.Sprintf(".p/%d", w)
	}
	return "tile/" + kind + "/" + path
}

func splitBundle(bundle []byte, prefix int) ([][]byte, error) {
	var parts [][]byte
	for len(bundle) > 0 {
		if len(bundle) < prefix {
			return nil, fmt.Errorf("bundle cut short")
		}
		n := uint64(0)
		for _, b := range bundle[:prefix] {
			n = n<<8 | uint64(b)
		}
		bundle = bundle[prefix:]
		if uint64(len(bundle)) < n {
			return nil, fmt.Errorf("bundle cut short")
		}
		parts = append(parts, bundle[:n])
		bundle = bundle[n:]
	}
	return parts, nil
}

// All elements of a row of bundles; each bundle is full but the last.
func (r *record) readBundles(kind string, prefix int) ([][]byte, error) {
	var all [][]byte
	for n := int64(0); n*width < r.size; n++ {
		w := width
		if r.size-n*width < width {
			w = int(r.size - n*width)
		}
		path := tilePath(kind, n, w)
		bundle, ok := r.files[path]
		if !ok {
			return nil, fmt.Errorf("%s is missing", path)
		}
		parts, err := splitBundle(bundle, prefix)
		if err != nil || len(parts) != w {
			return nil, fmt.Errorf("%s: %d elements of %d: %v", path, len(parts), w, err)
		}
		all = append(all, parts...)
		r.report.Tiles++
	}
	return all, nil
}

func parseLeaf(text []byte) (leaf, error) {
	var l leaf
	object, err := openText(string(text), "plenary.leaf/v1")
	if err != nil {
		return l, err
	}
	f := fields{object: object}
	l.at, l.hash, l.kind, l.vis = f.integer("at"), f.str("hash"), f.str("kind"), f.str("vis")
	if err := f.end(); err != nil {
		return l, err
	}
	if l.vis != "public" && l.vis != "members" || !kindForm.MatchString(l.kind) {
		return l, fmt.Errorf("vis or kind of a leaf")
	}
	_, err = strictHash(l.hash)
	return l, err
}

func (r *record) readLeaves() error {
	texts, err := r.readBundles("entries", 2)
	if err != nil {
		return err
	}
	r.texts = texts
	logged := map[string]bool{}
	for i, text := range texts {
		l, err := parseLeaf(text)
		if err != nil {
			return fmt.Errorf("leaf %d: %w", i, err)
		}
		if i > 0 && l.at < r.leaves[i-1].at {
			return fmt.Errorf("leaf %d: time runs backwards", i)
		}
		if logged[l.hash] {
			return fmt.Errorf("leaf %d: logged before", i)
		}
		logged[l.hash] = true
		r.leaves = append(r.leaves, l)
	}
	return nil
}

func (r *record) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(r.stored)) {
			return nil, fmt.Errorf("hash %d is not stored", index)
		}
		hashes[i] = r.stored[index]
	}
	return hashes, nil
}

func (r *record) checkTree() error {
	for i, text := range r.texts {
		hashes, err := tlog.StoredHashes(int64(i), text, r)
		if err != nil {
			return err
		}
		r.stored = append(r.stored, hashes...)
	}
	root, err := r.rootAt(r.size)
	if err != nil {
		return err
	}
	if root != r.root {
		return fmt.Errorf("the leaves have the root %s, the checkpoint says %s", root, r.root)
	}
	return nil
}

func (r *record) rootAt(size int64) (tlog.Hash, error) {
	if size == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(size, r)
}

func (r *record) checkTiles() error {
	wanted := map[string]bool{"checkpoint": true}
	for level := 0; r.size>>(8*level) > 0; level++ {
		row := r.size >> (8 * level)
		for n := int64(0); n*width < row; n++ {
			w := width
			if row-n*width < width {
				w = int(row - n*width)
			}
			path := tilePath(strconv.Itoa(level), n, w)
			data, err := tlog.ReadTileData(tlog.Tile{H: 8, L: level, N: n, W: w}, r)
			if err != nil {
				return err
			}
			if !bytes.Equal(data, r.files[path]) {
				return fmt.Errorf("%s differs from the tree", path)
			}
			wanted[path] = true
			r.report.Tiles++
		}
	}
	for n := int64(0); n*width < r.size; n++ {
		w := width
		if r.size-n*width < width {
			w = int(r.size - n*width)
		}
		wanted[tilePath("entries", n, w)] = true
		wanted[tilePath("acts", n, w)] = true
	}
	return r.checkNames(wanted)
}

var otherFiles = regexp.MustCompile(`^(blob/[0-9a-f]{64}|disclosure/[0-9a-f]{64}|slip/[1-9A-HJ-NP-Za-km-z]{14,22})$`)

// Nothing stands in an export that the format does not name.
func (r *record) checkNames(wanted map[string]bool) error {
	var names []string
	for name := range r.files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if !wanted[name] && !otherFiles.MatchString(name) {
			return fmt.Errorf("%s does not belong in an export of this size", name)
		}
	}
	return nil
}

func (r *record) checkBlobs() error {
	for name, data := range r.files {
		if !strings.HasPrefix(name, "blob/") {
			continue
		}
		sum := sha256.Sum256(data)
		if hex.EncodeToString(sum[:]) != strings.TrimPrefix(name, "blob/") {
			return fmt.Errorf("%s has other contents than its name says", name)
		}
		r.report.Blobs++
	}
	return nil
}

// ---- proofs ----

func (r *record) checkProofs(o options) error {
	if o.proof != "" {
		if err := r.checkReceipt(o.proof); err != nil {
			return fmt.Errorf("proof: %w", err)
		}
	}
	if o.old != "" {
		old, err := openCheckpoint([]byte(o.old), r.logKey)
		if err != nil {
			return fmt.Errorf("earlier checkpoint: %w", err)
		}
		if err := r.checkGrowth(old); err != nil {
			return fmt.Errorf("earlier checkpoint: %w", err)
		}
	}
	// Up to a thousand entries and sizes, evenly spread, through the proof algorithms themselves.
	step := r.size/1000 + 1
	for i := int64(0); i < r.size; i += step {
		proof, err := tlog.ProveRecord(r.size, i, r)
		if err == nil {
			err = tlog.CheckRecord(proof, r.size, r.root, i, tlog.RecordHash(r.texts[i]))
		}
		if err != nil {
			return fmt.Errorf("inclusion of entry %d: %w", i, err)
		}
		r.report.Inclusion++
		root, err := r.rootAt(i + 1)
		if err == nil {
			err = r.checkGrowth(head{r.origin, i + 1, root})
		}
		if err != nil {
			return fmt.Errorf("consistency with size %d: %w", i+1, err)
		}
	}
	return nil
}

func (r *record) checkGrowth(old head) error {
	if old.size > r.size {
		return fmt.Errorf("it has %d entries, this record only %d", old.size, r.size)
	}
	r.report.Consistency++
	if old.size == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(r.size, old.size, r)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, r.size, r.root, old.size, old.root)
}

// A c2sp.org/tlog-proof@v1 under any checkpoint of this log that the record extends.
func (r *record) checkReceipt(text string) error {
	at := strings.Index(text, "\n\n")
	if at < 0 {
		return fmt.Errorf("no checkpoint")
	}
	lines := strings.Split(text[:at], "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return fmt.Errorf("not a c2sp.org/tlog-proof@v1")
	}
	digits := strings.TrimPrefix(lines[1], "index ")
	index, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || strconv.FormatInt(index, 10) != digits {
		return fmt.Errorf("index %q", digits)
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := strictHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	h, err := openCheckpoint([]byte(text[at+2:]), r.logKey)
	if err != nil {
		return err
	}
	if index < 0 || index >= h.size || h.size > r.size {
		return fmt.Errorf("entry %d of %d", index, h.size)
	}
	if err := r.checkGrowth(h); err != nil {
		return err
	}
	r.report.Inclusion++
	return tlog.CheckRecord(proof, h.size, h.root, index, tlog.RecordHash(r.texts[index]))
}
