package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"larder/config"
	"larder/resource"
	"larder/surrogate"
)

// answerOptions say where explain takes an answer of the origin from.
type answerOptions struct {
	// body is a file with the body, "-" for standard input, "" for none.
	body string
	// live says that the URL is requested, with these header lines.
	live   bool
	header []string
}

func explainCommand(std streams) *cobra.Command {
	var from answerOptions
	c := &cobra.Command{
		Use:   "explain FILE URL",
		Short: "Say what the edge does with a GET of URL, and which keys an answer gets",
		Example: `larder explain larder.json '/v2/posts/?page=2'
larder explain larder.json '/v2/posts/' --body answer.json
larder explain larder.json 'https://cdn.example.com/v2/posts/' --live`,
		RunE: func(c *cobra.Command, args []string) error { return explain(c.Context(), args, from, std) },
	}
	c.Flags().StringVar(&from.body, "body", "", "say which keys a 200 with the body in this file gets (- for standard input)")
	c.Flags().BoolVar(&from.live, "live", false, "request the URL, and say which keys the answer gets")
	c.Flags().StringArrayVarP(&from.header, "header", "H", nil, "a header line for --live, such as 'Authorization: Token …'")
	return c
}

// explain says what the edge does with a GET request for a URL: which route
// matches, what it fetches from the origin, and the surrogate keys that the
// request gives; and, if there is an answer to look at, those of its items.
func explain(ctx context.Context, args []string, from answerOptions, std streams) error {
	if len(args) != 2 {
		return &userError{"explain takes a file and a URL", `larder explain larder.json "/v2/posts/?page=2"`}
	}
	if from.live && from.body != "" {
		return &userError{"explain takes either --body or --live", "with --live the body is the edge's answer"}
	}
	if len(from.header) > 0 && !from.live {
		return &userError{"explain sends headers with --live only", "add --live, or leave --header out"}
	}
	cfg, err := load(args[0], std)
	if err != nil {
		return err
	}
	// No client sends the fragment (RFC 9110 §7.1).
	uri, _, _ := strings.Cut(args[1], "#")
	u, err := resource.ParseRequestURI(uri)
	if err != nil || u.Scheme == "" && !strings.HasPrefix(uri, "/") {
		return &userError{fmt.Sprintf("%q is not a URL with a path", args[1]), `give the path at least, such as "/v2/posts/?page=2"`}
	}
	header, err := parseHeader(from.header)
	if err != nil {
		return err
	}
	var answer *answer
	switch {
	case from.live:
		answer, err = request(ctx, uri, header, cfg.Limits.TaggedBody)
	case from.body != "":
		answer, err = readAnswer(from.body, std, cfg.Limits.TaggedBody)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(std.out, explanation(cfg, u, header, answer))
	return err
}

// explanation makes the edge's decisions in the edge's order. answer may be nil.
func explanation(cfg *config.Config, u *url.URL, header http.Header, answer *answer) string {
	rawPath, query := resource.Split(u)
	if resource.TooLong(rawPath, query) {
		size := len(rawPath) + len("?") + len(query)
		return fmt.Sprintf("refused 414 url-too-long: path and query have %d bytes, and %d is the most\n", size, resource.MaxURL)
	}
	path, err := resource.NormalisePath(rawPath)
	if err != nil {
		return fmt.Sprintf("refused 400 bad-path: %v\n", err)
	}
	if resource.IsOperation(path) {
		return "route   none: what is under /_larder/ is Larder's own\n"
	}
	i, vars := resource.Match(cfg, http.MethodGet, path)
	if i < 0 {
		return "route   none: " + unmatched(cfg) + "\n"
	}
	route := &cfg.Routes[i]
	taken := fmt.Sprintf("route   %s (%s)\n", route.Name, route.Path)
	if !slices.Contains(route.Methods, http.MethodGet) {
		return taken + "cached  no: GET passes through\n"
	}
	switch decision := resource.Decide(cfg, route, query, header); decision.Handling {
	case resource.Bypassed:
		return taken + "cached  no: " + printable(decision) + " passes through\n"
	case resource.Unlisted:
		return taken + "cached  no: " + printable(decision) + " passes through (unlisted)\n"
	case resource.Rejected:
		return taken + "refused 400 unlisted-parameter: " + printable(decision) + "\n"
	}
	asked := resource.New(cfg, route, vars, resource.Request{Path: path, Query: query, Host: u.Host})
	return taken + content(cfg, route, &asked, query, answer)
}

// printable returns the header or the parameter that made a decision.
func printable(d resource.Decision) string {
	if d.Header != "" {
		return d.Header
	}
	return surrogate.Escape(d.Name + "=" + d.Value)
}

func unmatched(cfg *config.Config) string {
	if cfg.PassUnmatched {
		return "the request passes through uncached"
	}
	return "the request is rejected with 404"
}

// content explains a request whose answer is stored. It leaves out the tenant's
// credential, which the origin gets as well, and the tenant's prefix of keys.
func content(cfg *config.Config, route *config.Route, asked *resource.Resource, query string, answer *answer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "fetches %s\n", withQuery(asked.Path, asked.Query))
	if dropped := drops(cfg.Tenant, route, query, asked.Query); len(dropped) > 0 {
		fmt.Fprintf(&b, "drops   %s\n", strings.Join(dropped, ", "))
	}
	fmt.Fprintf(&b, "keys    %s\n", strings.Join(keys(route, asked), "\n        and "))
	fmt.Fprintf(&b, "fresh   %s\n", freshness(route.Lifetimes.TTL))
	b.WriteString(answer.explain(route, asked))
	return b.String()
}

func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// keys returns a line for each source of an answer's surrogate keys.
func keys(route *config.Route, asked *resource.Resource) []string {
	var lines []string
	set := surrogate.NewSet("")
	complete := asked.AddKeys(set, route)
	if all := set.Keys(); len(all) > 0 {
		lines = append(lines, strings.Join(all, " "))
	}
	if !complete {
		lines = append(lines, "all bucket keys, as the request gives too many")
	}
	if !route.Items.Empty() {
		lines = append(lines, "those of the items in the answer")
	}
	if len(lines) == 0 {
		return []string{"none"}
	}
	return lines
}

func freshness(ttl config.OptionalDuration) string {
	if !ttl.Valid {
		return "as long as the origin says"
	}
	return "for " + ttl.Duration.String()
}
