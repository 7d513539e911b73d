package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var end = time.Now().Add(15 * time.Minute).UTC().Format(time.RFC3339)

func sound() string {
	return fmt.Sprintf(`{"AccessKeyId":"ASIA1","SecretAccessKey":"secret","Token":"session","Expiration":%q}`, end)
}

type companion struct {
	*httptest.Server
	asked []string
	shown []string
}

// answers each request in turn, the last one for ever
func answering(t *testing.T, status int, bodies ...string) *companion {
	t.Helper()
	made := &companion{}
	made.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		made.asked = append(made.asked, r.URL.RequestURI())
		made.shown = append(made.shown, r.Header.Get("Authorization"))
		body := bodies[min(len(made.asked), len(bodies))-1]
		code := status
		if body == sound() {
			code = 200
		}
		w.Header().Set("Location", "http://attacker.example/")
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(made.Close)
	return made
}

func called(env environment, arguments ...string) (code int, out, problems string) {
	var stdout, stderr bytes.Buffer
	code = run(arguments, env, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestPrintsCredentials(t *testing.T) {
	for _, asked := range []struct {
		arguments []string
		path      string
	}{
		{[]string{"--task", "answer"}, "/v1/tasks/answer/aws-credentials"},
		{[]string{"--task", "answer", "--start", "agent"}, "/v1/tasks/answer/aws-credentials?start=agent"},
		{[]string{"--run", "run-1"}, "/v1/runs/run-1/aws-credentials"},
		{[]string{"--task", "a/../b?c"}, "/v1/tasks/a%2F..%2Fb%3Fc/aws-credentials"},
	} {
		server := answering(t, 200, sound())
		code, out, problems := called(environment{companion: server.URL}, asked.arguments...)
		if code != 0 || problems != "" || server.asked[0] != asked.path {
			t.Fatalf("%v: %d, %q, asked %v", asked.arguments, code, problems, server.asked)
		}
		var found map[string]any
		if err := json.Unmarshal([]byte(out), &found); err != nil {
			t.Fatal(err)
		}
		expected := map[string]any{
			"Version": 1.0, "AccessKeyId": "ASIA1", "SecretAccessKey": "secret", "SessionToken": "session", "Expiration": end,
		}
		if fmt.Sprint(found) != fmt.Sprint(expected) {
			t.Fatalf("got %v", found)
		}
	}
}

func TestShowsTheToken(t *testing.T) {
	server := answering(t, 200, sound())
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("of-this-pod\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, problems := called(environment{companion: server.URL, tokenFile: file}, "--task", "answer")
	if code != 0 || server.shown[0] != "Bearer of-this-pod" {
		t.Fatalf("%d, %q, shown %v", code, problems, server.shown)
	}
}

func TestWaitsForTheCompanion(t *testing.T) {
	away := `{"error":"temporarily_unavailable","reasons":[{"code":"companion.no-identity","what":"w","fix":"f"}]}`
	server := answering(t, 503, away, sound())
	code, out, problems := called(environment{companion: server.URL}, "--task", "answer")
	if code != 0 || out == "" || len(server.asked) != 2 {
		t.Fatalf("%d, %q, asked %d times", code, problems, len(server.asked))
	}
}

func TestIgnoresProxies(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	server := answering(t, 200, sound())
	if code, _, problems := called(environment{companion: server.URL}, "--task", "answer"); code != 0 {
		t.Fatal(problems)
	}
}

func TestPrintsUsage(t *testing.T) {
	code, out, _ := called(environment{}, "--help")
	if code != 0 || out != usage {
		t.Fatalf("%d, %q", code, out)
	}
}

func TestIsWronglyCalled(t *testing.T) {
	for _, wrong := range []struct {
		env       environment
		arguments []string
		problem   string
	}{
		{environment{}, nil, "exactly one of --task and --run is needed"},
		{environment{}, []string{"--task", "a", "--run", "b"}, "exactly one of --task and --run is needed"},
		{environment{}, []string{"answer"}, `unexpected argument "answer": write --task <task> or --run <run>`},
		{environment{}, []string{"--tsk", "a"}, "flag provided but not defined: -tsk"},
		{environment{}, []string{"--task", "a", "--start", "user"}, `--start must be agent, with --task, got "user"`},
		{environment{}, []string{"--run", "a", "--start", "agent"}, `--start must be agent, with --task, got "agent"`},
		{environment{companion: "http://192.0.2.1:7464"}, []string{"--task", "a"}, `got "http://192.0.2.1:7464"`},
		{environment{companion: "http://attacker.example"}, []string{"--task", "a"}, "AMBIT_COMPANION_URL must be"},
		{environment{companion: "https://127.0.0.1:1"}, []string{"--task", "a"}, "AMBIT_COMPANION_URL must be"},
		{environment{companion: "http://127.0.0.1:1/path"}, []string{"--task", "a"}, "AMBIT_COMPANION_URL must be"},
		{environment{companion: "http://u@127.0.0.1:1"}, []string{"--task", "a"}, "AMBIT_COMPANION_URL must be"},
		{environment{tokenFile: "/nowhere/token"}, []string{"--task", "a"}, "AMBIT_COMPANION_TOKEN_FILE must be a file"},
	} {
		code, out, problems := called(wrong.env, wrong.arguments...)
		if code != 2 || out != "" || !strings.Contains(problems, wrong.problem) {
			t.Errorf("%v: %d, %q, %q", wrong.arguments, code, out, problems)
		}
	}
}

func TestFails(t *testing.T) {
	refused := `{"error":"access_denied","reasons":[{"code":"start.undeclared","what":"it\nis so","fix":"declare it"}]}`
	for _, wrong := range []struct {
		status  int
		body    string
		problem string
		asked   int
	}{
		{403, refused, "ambit-credentials: start.undeclared: it is so: declare it\n", 1},
		{403, `{"error":"access_denied"}`, "access_denied", 1},
		{404, "nothing", "the companion answered with status 404 and no reason", 1},
		{302, "", "the companion answered with status 302 and no reason", 1},
		{503, `{"error":"temporarily_unavailable"}`, "temporarily_unavailable", 3},
		{200, "{", "must be JSON", 1},
		{200, "{}", "must have AccessKeyId", 1},
		{200, strings.Replace(sound(), end, "soon", 1), `an Expiration to come, got "soon"`, 1},
		{200, strings.Replace(sound(), end, "2020-01-01T00:00:00Z", 1), "an Expiration to come", 1},
		{200, strings.Repeat(" ", longestAnswer+1), "larger than", 1},
	} {
		server := answering(t, wrong.status, wrong.body)
		code, out, problems := called(environment{companion: server.URL}, "--task", "answer")
		if code != 1 || out != "" || !strings.Contains(problems, wrong.problem) || len(server.asked) != wrong.asked {
			t.Errorf("%d %.40q: %d, %q, %q, asked %d times", wrong.status, wrong.body, code, out, problems, len(server.asked))
		}
	}
}

func TestFailsWhereNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	code, out, problems := called(environment{companion: "http://" + address}, "--task", "answer")
	if code != 1 || out != "" || !strings.Contains(problems, "the companion does not answer") {
		t.Fatalf("%d, %q, %q", code, out, problems)
	}
}
