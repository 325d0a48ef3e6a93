package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"

	"larder/demo/contentapi"
)

// settings are the command line's flags.
type settings struct {
	addr        string
	database    string
	standby     bool
	purgeURLs   addresses
	purgeToken  string
	purgeTenant string
	hookURLs    addresses
	hookHeader  string
}

// addresses is a repeatable flag.
type addresses []string

// String and Set implement flag.Value.
func (a *addresses) String() string { return strings.Join(*a, ",") }

func (a *addresses) Set(value string) error {
	*a = append(*a, value)
	return nil
}

// parse reads the command line.
func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.addr, "addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 chooses a free one")
	flags.StringVar(&s.database, "db", "", "database `file`; in memory if empty")
	flags.BoolVar(&s.standby, "standby", false, "be a read-only replica that starts from the same content")
	flags.Var(&s.purgeURLs, "purge-url", "`URL` that gets the surrogate keys of each edit (repeatable)")
	flags.StringVar(&s.purgeToken, "purge-token", "", "bearer `token` for the purge URLs")
	flags.StringVar(&s.purgeTenant, "purge-tenant", "auth_token", "query `parameter` for the tenant's read token in the purge URLs; none if empty")
	flags.Var(&s.hookURLs, "webhook-url", "`URL` that gets the CMS's webhook for each edit (repeatable)")
	flags.StringVar(&s.hookHeader, "webhook-header", "", "static `header` for the webhook URLs, such as \"X-Secret: abc\"")
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if s.hookHeader != "" && !strings.Contains(s.hookHeader, ":") {
		return settings{}, fmt.Errorf("-webhook-header: want \"Name: value\"; got %q", s.hookHeader)
	}
	return s, nil
}

// targets returns the targets to notify of edits.
func (s settings) targets() []contentapi.Target {
	var targets []contentapi.Target
	for _, address := range s.purgeURLs {
		header := http.Header{}
		if s.purgeToken != "" {
			header.Set("Authorization", "Bearer "+s.purgeToken)
		}
		targets = append(targets, contentapi.Target{Kind: contentapi.Purge, URL: address, Header: header, TenantParameter: s.purgeTenant})
	}
	for _, address := range s.hookURLs {
		header := http.Header{}
		if name, value, found := strings.Cut(s.hookHeader, ":"); found {
			header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
		}
		targets = append(targets, contentapi.Target{Kind: contentapi.Webhook, URL: address, Header: header})
	}
	return targets
}
