package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"larder/problem"
	"larder/purge"
)

// tokenVariable is where the purge token is: an argument could be seen in the list
// of processes.
const tokenVariable = "LARDER_PURGE_TOKEN"

// purgeBody is what the purge endpoint takes.
type purgeBody struct {
	Keys    []string `json:"keys,omitempty"`
	Hard    []string `json:"hard,omitempty"`
	Soft    bool     `json:"soft"`
	All     bool     `json:"all,omitempty"`
	Vault   bool     `json:"vault,omitempty"`
	Tenants []string `json:"tenants,omitempty"`
	DryRun  bool     `json:"dry_run,omitempty"`
}

func purgeCommand(std streams) *cobra.Command {
	var body purgeBody
	var hard bool
	c := &cobra.Command{
		Use:   "purge URL",
		Short: "Purge keys at a running edge, or say what would be purged",
		Long: `Purge keys at the edge with this URL, or say what would be purged.

The token is in the environment variable ` + tokenVariable + `. A query of the URL
names the tenant by its credential, as URLs of content do.`,
		Example: `larder purge https://cdn.example.com --key post:tea --dry-run
larder purge https://cdn.example.com --key posts --hard-key post:tea --tenant all`,
		RunE: func(c *cobra.Command, args []string) error {
			body.Soft = !hard
			return sendPurge(c.Context(), args, body, std)
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&body.Keys, "key", nil, "a key to purge; may be repeated")
	flags.StringArrayVar(&body.Hard, "hard-key", nil, "a key to purge hard in any case; may be repeated")
	flags.StringArrayVar(&body.Tenants, "tenant", nil, `a tenant's ID, "anonymous" or "all"; may be repeated`)
	flags.BoolVar(&hard, "hard", false, "purge all keys hard")
	flags.BoolVar(&body.All, "all", false, "purge everything, or everything of the tenants")
	flags.BoolVar(&body.Vault, "vault", false, "with --all: the vault's copies too")
	flags.BoolVar(&body.DryRun, "dry-run", false, "purge nothing, and say what would be purged")
	return c
}

// sendPurge sends a purge to an edge and prints what it says.
func sendPurge(ctx context.Context, args []string, body purgeBody, std streams) error {
	if len(args) != 1 {
		return &userError{"purge takes the URL of an edge", "larder purge https://cdn.example.com --key post:tea"}
	}
	endpoint, err := purgeEndpoint(args[0])
	if err != nil {
		return err
	}
	token := os.Getenv(tokenVariable)
	if token == "" {
		return &userError{tokenVariable + " is not set", "set it to a purge token of this service"}
	}
	result, err := post(ctx, endpoint, token, body)
	if err != nil {
		return err
	}
	_, err = io.WriteString(std.out, purged(result))
	return err
}

// purgeEndpoint returns the endpoint of the edge with a URL. The token must not
// cross a network in clear.
func purgeEndpoint(edge string) (*url.URL, error) {
	u, err := url.Parse(edge)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, &userError{fmt.Sprintf("%q is not the address of an edge", edge), "give a URL such as https://cdn.example.com"}
	}
	if u.Scheme == "http" && u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback() {
		return nil, &userError{"the purge token would cross the network in clear", "use https://" + u.Host}
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: purge.Path, RawQuery: u.RawQuery}, nil
}

// purgeTime is how long a purge may take: the endpoint waits for a slow vault.
const purgeTime = 30 * time.Second

func post(ctx context.Context, endpoint *url.URL, token string, body purgeBody) (*purge.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, purgeTime)
	defer cancel()
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("send the purge: %w", err)
	}
	defer response.Body.Close()
	const enough = 4 << 20
	answer, err := io.ReadAll(io.LimitReader(response.Body, enough))
	if err != nil {
		return nil, fmt.Errorf("read the answer to the purge: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, refusedPurge(response.StatusCode, answer)
	}
	var result purge.Result
	if err := json.Unmarshal(answer, &result); err != nil {
		return nil, fmt.Errorf("read the answer to the purge: %w", err)
	}
	return &result, nil
}

// refusedPurge explains an answer that is no result.
func refusedPurge(status int, answer []byte) error {
	var details struct{ Type, Title, Detail string }
	if err := json.Unmarshal(answer, &details); err != nil || details.Title == "" {
		return &userError{fmt.Sprintf("the answer to the purge has the status %d and is not Larder's", status), "check the URL"}
	}
	name := strings.TrimPrefix(details.Type, problem.TypePrefix)
	return &userError{fmt.Sprintf("%d %s: %s", status, name, cmp.Or(details.Detail, details.Title)), "docs/errors.md explains " + name}
}

// purged lists what an edge has purged, or would purge.
func purged(result *purge.Result) string {
	var b strings.Builder
	if result.Status == "ok" {
		fmt.Fprintf(&b, "purged  (request %s)\n", result.ID)
	} else {
		b.WriteString("nothing was purged: a dry run\n")
	}
	list := func(label string, keys []string) {
		for _, key := range keys {
			fmt.Fprintf(&b, "%-7s %s\n", label, describe(key))
			label = ""
		}
	}
	kept, all := result.Keys, result.Hard
	if result.Soft {
		list("soft", kept)
	} else {
		all = append(all, kept...)
	}
	list("hard", all)
	return b.String()
}

// describe says what a key stands for, as entries carry it.
func describe(key string) string {
	owner := ""
	if rest, ok := strings.CutPrefix(key, "@"); ok {
		tenant, name, _ := strings.Cut(rest, ":")
		if tenant == "" {
			return key + "  (shared by all tenants)"
		}
		owner, key = " of tenant "+tenant, name
	}
	if strings.HasPrefix(key, "~") {
		return key + owner + "  (bucket)"
	}
	return key + owner
}
