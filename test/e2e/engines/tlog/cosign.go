package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Cosignatures of Ed25519 (C2SP signed-note)
const algorithm = 4

type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(sig)
	return ed25519.Verify(c.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", time, msg), sig[8:])
}

func cosignerIn(vkey string) (cosigner, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, key, _ := strings.Cut(rest, "+")
	number, err := strconv.ParseUint(id, 16, 32)
	if err != nil {
		return cosigner{}, err
	}
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algorithm {
		return cosigner{}, fmt.Errorf("no key of a witness: %q", vkey)
	}
	return cosigner{name, uint32(number), raw[1:]}, nil
}

// Asks a witness about the log's checkpoint, with a proof from the size that it names.
func askWitness(log folder, vkey, url, witness string) error {
	ctx := context.Background()
	signed, err := log.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return err
	}
	tree, err := treeIn(signed, vkey)
	if err != nil {
		return err
	}
	verifier, err := cosignerIn(witness)
	if err != nil {
		return err
	}
	hashes := torchwood.TileHashReaderWithContext(ctx, tree, log)
	var old int64
	for range 2 {
		var proof tlog.TreeProof
		if old > 0 && old <= tree.N {
			if proof, err = tlog.ProveTree(tree.N, old, hashes); err != nil {
				return err
			}
		}
		var body bytes.Buffer
		fmt.Fprintf(&body, "old %d\n", min(old, tree.N))
		for _, hash := range proof {
			fmt.Fprintf(&body, "%s\n", hash)
		}
		body.WriteString("\n")
		body.Write(signed)
		response, err := http.Post(url+"/add-checkpoint", "text/plain", &body)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return err
		}
		switch {
		case response.StatusCode == http.StatusOK:
			opened, err := note.Open(append(signed, answer...), note.VerifierList(verifier))
			if err != nil {
				return err
			}
			time, err := torchwood.CosignatureTimestamp(opened.Sigs[0])
			if err != nil {
				return err
			}
			fmt.Printf("cosigned %d entries at %d\n", tree.N, time)
			return nil
		case response.StatusCode == http.StatusConflict && response.Header.Get("Content-Type") == "text/x.tlog.size":
			known, err := strconv.ParseInt(strings.TrimSuffix(string(answer), "\n"), 10, 64)
			if err != nil {
				return err
			}
			if known > tree.N || known == old {
				return fmt.Errorf("the witness has cosigned %d entries, the log has %d", known, tree.N)
			}
			old = known
		default:
			return fmt.Errorf("the witness answered %d: %s", response.StatusCode, answer)
		}
	}
	return errors.New("the witness names another size each time")
}
