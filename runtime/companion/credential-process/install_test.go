package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func folderOf(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "ambit-install-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func TestInstallsItselfWithAProfilePerTask(t *testing.T) {
	folder := folderOf(t)
	// A second time, as an init container that is started again.
	for range 2 {
		code, out, problems := called(environment{}, "install", folder, "reconcile", "fetch=agent")
		if code != 0 || out != "" || problems != "" {
			t.Fatalf("%d, %q, %q", code, out, problems)
		}
	}
	config, err := os.ReadFile(filepath.Join(folder, "config"))
	if err != nil {
		t.Fatal(err)
	}
	program := folder + "/ambit-credentials"
	expected := "[profile reconcile]\ncredential_process = " + program + " --task reconcile\n\n" +
		"[profile fetch]\ncredential_process = " + program + " --task fetch --start agent\n"
	if string(config) != expected {
		t.Fatalf("got %s", config)
	}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	if copied, err := os.ReadFile(program); err != nil || string(copied) != string(wanted) {
		t.Fatalf("the copy has %d bytes of %d: %v", len(copied), len(wanted), err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v, %v", entries, err)
	}
	for name, mode := range map[string]os.FileMode{"config": 0o444, "ambit-credentials": 0o555} {
		if about, err := os.Stat(filepath.Join(folder, name)); err != nil || about.Mode() != mode {
			t.Fatalf("%s: %v, %v", name, about.Mode(), err)
		}
	}
}

func TestWithoutTasksThereIsNoConfiguration(t *testing.T) {
	folder := folderOf(t)
	if code, _, problems := called(environment{}, "install", folder); code != 0 {
		t.Fatal(problems)
	}
	if _, err := os.Stat(filepath.Join(folder, "config")); !os.IsNotExist(err) {
		t.Fatalf("got %v", err)
	}
}

func TestFailsToInstall(t *testing.T) {
	folder := folderOf(t)
	for _, refused := range []struct {
		arguments []string
		code      int
		why       string
	}{
		{[]string{}, 2, `install needs a folder, as an absolute path of letters, digits, dots and hyphens, got ""`},
		{[]string{"relative"}, 2, "install needs a folder"},
		{[]string{"/with space"}, 2, "install needs a folder"},
		{[]string{"/with\nline"}, 2, "install needs a folder"},
		{[]string{folder, "Answer"}, 2, `a profile must be <task> or <task>=agent, got "Answer"`},
		{[]string{folder, "a]\n[default"}, 2, "a profile must be <task> or <task>=agent"},
		{[]string{folder, "answer=user"}, 2, "a profile must be <task> or <task>=agent"},
		{[]string{folder, "answer="}, 2, "a profile must be <task> or <task>=agent"},
		{[]string{folder, "answer", "answer=agent"}, 2, `the task "answer" is named twice: name each once`},
		{[]string{folder + "/nowhere"}, 1, "no such file or directory"},
	} {
		code, out, problems := called(environment{}, append([]string{"install"}, refused.arguments...)...)
		if code != refused.code || out != "" || !strings.Contains(problems, refused.why) {
			t.Fatalf("%q: %d, %q, %q", refused.arguments, code, out, problems)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Fatalf("left behind: %v, %v", entries, err)
	}
}

func TestAFileThatCannotBePutInPlaceLeavesNothingBehind(t *testing.T) {
	folder := folderOf(t)
	if err := os.MkdirAll(folder+"/ambit-credentials/in-the-way", 0o755); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := called(environment{}, "install", folder); code != 1 {
		t.Fatalf("got %d", code)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Fatalf("left behind: %v, %v", entries, err)
	}
}
