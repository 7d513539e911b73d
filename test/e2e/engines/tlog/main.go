// Reads a log of C2SP tlog-tiles in a folder with filippo.io/torchwood and golang.org/x/mod/sumdb, and nothing of ours.
//
//	tlogcheck log FOLDER VKEY              every entry, and a proof of inclusion and consistency of each size that is asked for
//	tlogcheck proof FILE ENTRY VKEY        a tlog-proof of one entry, offline
//	tlogcheck cosign FOLDER VKEY URL WITNESS  a witness's cosignature of the checkpoint
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder string

func (f folder) ReadTiles(_ context.Context, tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		bytes, err := os.ReadFile(filepath.Join(string(f), torchwood.TilePath(tile)))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadEndpoint(_ context.Context, path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), path))
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "log":
		return checkLog(folder(args[1]), args[2])
	case len(args) == 4 && args[0] == "proof":
		return checkProof(args[1], args[2], args[3])
	case len(args) == 5 && args[0] == "cosign":
		return askWitness(folder(args[1]), args[2], args[3], args[4])
	}
	return errors.New("usage: tlogcheck log FOLDER VKEY | tlogcheck proof FILE ENTRY VKEY | tlogcheck cosign FOLDER VKEY URL WITNESS")
}

func treeIn(signed []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	checkpoint, err := torchwood.ParseCheckpoint(opened.Text)
	if err != nil {
		return tlog.Tree{}, err
	}
	if checkpoint.Origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is of %q", checkpoint.Origin)
	}
	return checkpoint.Tree, nil
}

func checkLog(log folder, vkey string) error {
	ctx := context.Background()
	signed, err := log.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return err
	}
	tree, err := treeIn(signed, vkey)
	if err != nil {
		return err
	}
	client, err := torchwood.NewClient(log)
	if err != nil {
		return err
	}
	read := int64(0)
	for start := int64(0); start < tree.N; start = read {
		for range client.Entries(ctx, tree, start) {
			read++
		}
		if err := client.Err(); err != nil {
			return err
		}
		if read == start {
			return fmt.Errorf("no entry behind %d of %d", read, tree.N)
		}
	}
	hashes := torchwood.TileHashReaderWithContext(ctx, tree, log)
	for old := int64(1); old <= tree.N; old += 1 + tree.N/16 {
		hash, err := tlog.TreeHash(old, hashes)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, old, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, hash); err != nil {
			return err
		}
	}
	fmt.Printf("verified %d entries with root %s\n", tree.N, tree.Hash)
	return nil
}

func checkProof(path, entryPath, vkey string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryPath)
	if err != nil {
		return err
	}
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	if !found {
		return errors.New("the proof has no checkpoint")
	}
	tree, err := treeIn(signed, vkey)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(head))
	index := int64(-1)
	var proof tlog.RecordProof
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "c2sp.org/tlog-proof@v1":
		case strings.HasPrefix(line, "index "):
			if index, err = strconv.ParseInt(line[len("index "):], 10, 64); err != nil {
				return err
			}
		default:
			bytes, err := base64.StdEncoding.DecodeString(line)
			if err != nil || len(bytes) != tlog.HashSize {
				return fmt.Errorf("no hash: %q", line)
			}
			proof = append(proof, tlog.Hash(bytes))
		}
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Printf("entry %d of %d is in the log\n", index, tree.N)
	return nil
}
