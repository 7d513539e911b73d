package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	programName = "ambit-credentials"
	configName  = "config"
)

// SDKs split credential_process at spaces, each with its own idea of quotes.
var plainFolder = regexp.MustCompile(`^(/[A-Za-z0-9._-]+)+$`)

// taskName is what a declaration may name a task.
var taskName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// install copies this program into a folder, with an AWS configuration that has one profile per task, so that an init
// container needs no shell and agents need no image of ours. What is there already is replaced.
func install(arguments []string, program string) error {
	if len(arguments) == 0 || !plainFolder.MatchString(arguments[0]) {
		return misuse{fmt.Errorf("install needs a folder, as an absolute path of letters, digits, dots and hyphens, got %q",
			strings.Join(arguments, " "))}
	}
	folder := arguments[0]
	profiles, err := profilesOf(arguments[1:], filepath.Join(folder, programName))
	if err != nil {
		return err
	}
	source, err := os.Open(program)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := put(filepath.Join(folder, programName), source, 0o555); err != nil {
		return err
	}
	if profiles == "" {
		return nil
	}
	return put(filepath.Join(folder, configName), strings.NewReader(profiles), 0o444)
}

// profilesOf makes a profile of each task; <task>=agent is one that the agent starts by itself.
func profilesOf(tasks []string, program string) (string, error) {
	profiles := make([]string, 0, len(tasks))
	seen := map[string]bool{}
	for _, task := range tasks {
		name, start, given := strings.Cut(task, "=")
		if !taskName.MatchString(name) || (given && start != "agent") {
			return "", misuse{fmt.Errorf("a profile must be <task> or <task>=agent, got %q", task)}
		}
		if seen[name] {
			return "", misuse{fmt.Errorf("the task %q is named twice: name each once", name)}
		}
		seen[name] = true
		command := program + " --task " + name
		if given {
			command += " --start agent"
		}
		profiles = append(profiles, fmt.Sprintf("[profile %s]\ncredential_process = %s\n", name, command))
	}
	return strings.Join(profiles, "\n"), nil
}

// put writes a file whole or not at all: a process that runs already keeps the program it has.
func put(path string, content io.Reader, mode os.FileMode) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = io.Copy(file, content)
	if err == nil {
		err = file.Chmod(mode)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
