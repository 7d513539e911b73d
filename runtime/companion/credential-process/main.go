// ambit-credentials prints AWS credentials of one task, got from the companion, as credential_process wants them.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	defaultCompanion = "http://127.0.0.1:7464"
	longestAnswer    = 256 << 10
	longestToken     = 4 << 10
	attempts         = 3
	perAttempt       = 15 * time.Second
)

const usage = `Usage: ambit-credentials --task <task> [--start agent] | --run <run>
       ambit-credentials install <folder> [<task>[=agent] ...]

Prints AWS credentials of a task's run, or of one run, for credential_process in an AWS profile.
install copies this program to <folder>, with a file "config" of one profile per task; with =agent, the agent starts it.
AMBIT_COMPANION_URL says where the companion is, AMBIT_COMPANION_TOKEN_FILE what to show it.
Exit codes: 0 with credentials or installed, 1 refused or unavailable, 2 wrongly called.
`

// misuse is what the caller has to change before it asks again.
type misuse struct{ error }

type environment struct {
	companion string
	tokenFile string
	pause     time.Duration
}

func main() {
	env := environment{
		companion: os.Getenv("AMBIT_COMPANION_URL"),
		tokenFile: os.Getenv("AMBIT_COMPANION_TOKEN_FILE"),
		pause:     time.Second,
	}
	os.Exit(run(os.Args[1:], env, os.Stdout, os.Stderr))
}

func run(arguments []string, env environment, out, problems io.Writer) int {
	err := act(arguments, env, out)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(out, usage)
		return 0
	}
	if err == nil {
		return 0
	}
	fmt.Fprintf(problems, "ambit-credentials: %s\n", oneLine(err.Error()))
	if errors.As(err, &misuse{}) {
		return 2
	}
	return 1
}

func act(arguments []string, env environment, out io.Writer) error {
	if len(arguments) > 0 && arguments[0] == "install" {
		program, err := os.Executable()
		if err != nil {
			return err
		}
		return install(arguments[1:], program)
	}
	path, err := pathOf(arguments)
	if err != nil {
		return err
	}
	return printCredentials(path, env, out)
}

// pathOf is where the companion serves what was asked for.
func pathOf(arguments []string) (string, error) {
	flags := flag.NewFlagSet("ambit-credentials", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	task := flags.String("task", "", "")
	runID := flags.String("run", "", "")
	start := flags.String("start", "", "")
	if err := flags.Parse(arguments); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return "", err
		}
		return "", misuse{err}
	}
	switch {
	case flags.NArg() > 0:
		return "", misuse{fmt.Errorf("unexpected argument %q: write --task <task> or --run <run>", flags.Arg(0))}
	case (*task == "") == (*runID == ""):
		return "", misuse{errors.New("exactly one of --task and --run is needed")}
	case *start != "" && (*start != "agent" || *task == ""):
		return "", misuse{fmt.Errorf("--start must be agent, with --task, got %q", *start)}
	case *runID != "":
		return "/v1/runs/" + url.PathEscape(*runID) + "/aws-credentials", nil
	case *start == "agent":
		return "/v1/tasks/" + url.PathEscape(*task) + "/aws-credentials?start=agent", nil
	}
	return "/v1/tasks/" + url.PathEscape(*task) + "/aws-credentials", nil
}

func printCredentials(path string, env environment, out io.Writer) error {
	address, err := companionAddress(env.companion)
	if err != nil {
		return err
	}
	token, err := tokenIn(env.tokenFile)
	if err != nil {
		return err
	}
	body, err := ask(address+path, token, env.pause)
	if err != nil {
		return err
	}
	credentials, err := credentialsIn(body)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(credentials)
}

// companionAddress takes a loopback address only: credentials come from nowhere else.
func companionAddress(given string) (string, error) {
	if given == "" {
		given = defaultCompanion
	}
	address, err := url.Parse(given)
	if err == nil && address.Scheme == "http" && address.User == nil && address.RawQuery == "" && address.Fragment == "" {
		host := address.Hostname()
		ip := net.ParseIP(host)
		loopback := host == "localhost" || (ip != nil && ip.IsLoopback())
		if loopback && (address.Path == "" || address.Path == "/") {
			return "http://" + address.Host, nil
		}
	}
	return "", misuse{fmt.Errorf("AMBIT_COMPANION_URL must be http://<loopback address>:<port>, got %q", given)}
}

func tokenIn(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	file, err := os.Open(path)
	if err != nil {
		return "", misuse{fmt.Errorf("AMBIT_COMPANION_TOKEN_FILE must be a file that can be read: %w", err)}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longestToken))
	if err != nil {
		return "", misuse{fmt.Errorf("AMBIT_COMPANION_TOKEN_FILE must be a file that can be read: %w", err)}
	}
	return strings.TrimSpace(string(text)), nil
}

// ask tries again where the companion is not there yet or says that the same may work later.
func ask(address, token string, pause time.Duration) ([]byte, error) {
	client := http.Client{
		// No proxy of the environment, and no other address than the one asked.
		Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       perAttempt,
	}
	for attempt := 1; ; attempt++ {
		body, again, err := once(&client, address, token)
		if err == nil || !again || attempt == attempts {
			return body, err
		}
		time.Sleep(pause)
	}
}

func once(client *http.Client, address, token string) (body []byte, again bool, err error) {
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, false, misuse{err}
	}
	request.Header.Set("Accept", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, true, fmt.Errorf("the companion does not answer: %w", err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, longestAnswer+1))
	if err != nil {
		return nil, true, fmt.Errorf("the companion's answer broke off: %w", err)
	}
	if len(body) > longestAnswer {
		return nil, false, fmt.Errorf("the companion's answer is larger than %d bytes", longestAnswer)
	}
	if response.StatusCode == http.StatusOK {
		return body, false, nil
	}
	return nil, response.StatusCode >= 500, refusal(response.StatusCode, body)
}

// refusal says what the companion says: its codes, what is wrong, and what would allow it.
func refusal(status int, body []byte) error {
	var said struct {
		Error   string `json:"error"`
		Reasons []struct {
			Code string `json:"code"`
			What string `json:"what"`
			Fix  string `json:"fix"`
		} `json:"reasons"`
	}
	if json.Unmarshal(body, &said) != nil || said.Error == "" {
		return fmt.Errorf("the companion answered with status %d and no reason", status)
	}
	if len(said.Reasons) == 0 {
		return errors.New(said.Error)
	}
	parts := make([]string, 0, len(said.Reasons))
	for _, reason := range said.Reasons {
		parts = append(parts, fmt.Sprintf("%s: %s: %s", reason.Code, reason.What, reason.Fix))
	}
	return errors.New(strings.Join(parts, "; "))
}

// credentials in the form of credential_process
type credentials struct {
	Version         int
	AccessKeyId     string
	SecretAccessKey string
	SessionToken    string
	Expiration      string
	AccountId       string `json:",omitempty"`
}

func credentialsIn(body []byte) (*credentials, error) {
	var given struct{ AccessKeyId, SecretAccessKey, Token, Expiration, AccountId string }
	if err := json.Unmarshal(body, &given); err != nil {
		return nil, errors.New("the companion's answer must be JSON of the container credentials protocol")
	}
	if given.AccessKeyId == "" || given.SecretAccessKey == "" || given.Token == "" {
		return nil, errors.New("the companion's answer must have AccessKeyId, SecretAccessKey and Token")
	}
	end, err := time.Parse(time.RFC3339, given.Expiration)
	if err != nil || !end.After(time.Now()) {
		return nil, fmt.Errorf("the companion's answer must have an Expiration to come, got %q", given.Expiration)
	}
	return &credentials{1, given.AccessKeyId, given.SecretAccessKey, given.Token, given.Expiration, given.AccountId}, nil
}

func oneLine(text string) string {
	return strings.Map(func(character rune) rune {
		if character < ' ' || character == 0x7f {
			return ' '
		}
		return character
	}, text)
}
