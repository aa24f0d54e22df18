// verify.go - a verifier of a Plenary record that shares no code with Plenary: Go's standard library and
// golang.org/x/mod/sumdb (the code behind Go's checksum database) for signed notes and the tree.
//
// It checks the checkpoint's signature, the leaves, every tile byte for byte against a tree rebuilt from the
// leaves, that each stored text is the one its leaf commits to, the envelope and every signature of every act, each
// key's chain of acts, the heads that acts have seen, and proofs. It runs no rule and counts no vote.
//
//	verify [-key VKEY | -keyfile FILE] [-keys FILE] [-proof FILE] [-old FILE] [-json] [-lies N] DIR
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// An export in memory: path in the export -> bytes.
type export map[string][]byte

func load(dir string) (export, error) {
	files := export{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	return files, err
}

func readText(path string) string {
	if path == "" {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		fail(4, err)
	}
	return string(text)
}

func fail(status int, err error) {
	fmt.Fprintln(os.Stderr, "verify:", err)
	os.Exit(status)
}

func main() {
	var o options
	flag.StringVar(&o.logKey, "key", "", "verifier key of the log; without it the key that org.found names is used")
	keyFile := flag.String("keyfile", "", "file holding that key")
	keys := flag.String("keys", "", "file of further verifier keys, one a line")
	proof := flag.String("proof", "", "a c2sp.org/tlog-proof@v1 that must hold in this record")
	old := flag.String("old", "", "an earlier checkpoint that this record must extend")
	asJSON := flag.Bool("json", false, "print the report as one line of JSON")
	lies := flag.Int("lies", 0, "test the verifier itself: tell N lies of each class about DIR, notice them all")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(4)
	}
	if *keyFile != "" {
		o.logKey = strings.TrimSpace(readText(*keyFile))
	}
	o.memberKeys, o.proof, o.old = readText(*keys), readText(*proof), readText(*old)
	files, err := load(flag.Arg(0))
	if err != nil {
		fail(4, err)
	}
	report, err := verify(files, o)
	if err != nil {
		fail(1, err)
	}
	if *lies > 0 {
		s, err := selftest(files, o, *lies)
		if err != nil {
			fail(1, err)
		}
		fmt.Printf("%d passed, %d failed\n", s.passed, s.failed)
		os.Exit(min(s.failed, 1))
	}
	if *asJSON {
		line, _ := json.Marshal(report)
		fmt.Println(string(line))
		return
	}
	report.print()
}

func (r *report) print() {
	fmt.Printf("origin      %s\n", r.Origin)
	fmt.Printf("size        %d\nroot        %s\n", r.Size, r.Root)
	fmt.Printf("tiles       %d files equal to the tree rebuilt from the leaves\n", r.Tiles)
	fmt.Printf("acts        %d held, %d not for this reader\n", r.Acts, r.Withheld)
	fmt.Printf("unsigned    %d ticks, %d ballots (their proofs are not checked here)\n", r.Ticks, r.Ballots)
	fmt.Printf("signatures  %d true, by %d keys\n", r.Signatures, r.Keys)
	fmt.Printf("seen        %d heads are heads of this log\n", r.Seen)
	fmt.Printf("proofs      %d inclusion, %d consistency\n", r.Inclusion, r.Consistency)
	fmt.Printf("blobs       %d equal to their names\n", r.Blobs)
	if r.KeyGiven {
		fmt.Println("log key     as given")
	} else {
		fmt.Println("log key     taken from the record itself: consistent, compared with nothing you hold")
	}
	fmt.Println("structure only: no rule was run and no vote counted; plenary-verify does that")
}
