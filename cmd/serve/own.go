package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"larder/config"
	"larder/internal/local"
)

const (
	// hookSecret is the secret of every hook, for local use.
	hookSecret = "local-hook-secret"
	// watchInterval is how often the configuration's file is looked at.
	watchInterval = 500 * time.Millisecond
)

// ownAPI serves a configuration of the user's before an API of the user's.
type ownAPI struct {
	// file is the configuration.
	file string
	// origin is the URL that takes the place of every origin of the
	// configuration; nil asks each origin at its own host.
	origin  *url.URL
	address string
	out     io.Writer
	dir     string // of the build
}

// newOwnAPI reads what CONFIG and ORIGIN say. ok is false if they say nothing.
func newOwnAPI(env func(string) string, out io.Writer) (own *ownAPI, ok bool, err error) {
	file, origin := env("CONFIG"), env("ORIGIN")
	if file == "" && origin == "" {
		return nil, false, nil
	}
	own = &ownAPI{file: cmp.Or(file, "larder.json"), out: out}
	if origin != "" {
		own.origin, err = url.Parse(origin)
		if err != nil || own.origin.Scheme != "http" && own.origin.Scheme != "https" || own.origin.Host == "" {
			return nil, true, fmt.Errorf("ORIGIN=%s: want the address of an API, such as https://api.example.com", origin)
		}
		if strings.Trim(own.origin.Path, "/") != "" || own.origin.RawQuery != "" {
			return nil, true, fmt.Errorf("ORIGIN=%s: want an address without a path: the paths of requests reach the API as they are", origin)
		}
	}
	return own, true, nil
}

// serve runs until ctx or the edge ends, and builds again whenever the file
// changes.
func (o *ownAPI) serve(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "larder-serve-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o.dir = dir
	seen := o.version()
	built, err := o.build(ctx)
	if err != nil {
		return err
	}
	edge, err := o.start(ctx, built)
	if err != nil {
		return err
	}
	o.greet(edge, built.config)
	watch := time.NewTicker(watchInterval)
	defer watch.Stop()
	for {
		select {
		case <-ctx.Done():
			fmt.Fprintln(o.out, "stopping the edge")
			return edge.Close()
		case <-edge.Done():
			if ctx.Err() != nil {
				return edge.Close()
			}
			return errors.Join(fmt.Errorf("the edge ended by itself\n%s", edge.Output()), edge.Close())
		case <-watch.C:
		}
		now := o.version()
		if now == seen {
			continue
		}
		seen = now
		built, err := o.build(ctx)
		if err != nil {
			fmt.Fprintf(o.out, "error: %v\nhint: the edge goes on with the configuration that it had\n", err)
			continue
		}
		if err := edge.Close(); err != nil {
			return err
		}
		if edge, err = o.start(ctx, built); err != nil {
			return err
		}
		fmt.Fprintf(o.out, "running with the new %s; the cache is empty\n", o.file)
	}
}

// version changes when the file does.
func (o *ownAPI) version() string {
	info, err := os.Stat(o.file)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(info.ModTime(), info.Size())
}

// built is Larder with a configuration.
type built struct {
	wasm   string
	config *config.Config
	// backends are the URLs of the origins.
	backends map[string]string
}

// build checks the configuration and compiles Larder with it. The error lists all
// mistakes.
func (o *ownAPI) build(ctx context.Context) (*built, error) {
	data, err := os.ReadFile(o.file)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	cfg, err := config.Parse(data)
	var mistakes config.Errors
	if errors.As(err, &mistakes) {
		lines := make([]string, len(mistakes))
		for i, mistake := range mistakes {
			lines[i] = fmt.Sprintf("%s: %v", o.file, mistake)
		}
		return nil, errors.New(strings.Join(lines, "\n"))
	}
	if err != nil {
		return nil, err
	}
	backends, err := o.backends(cfg)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(o.out, "building Larder to Wasm, with %s in it\n", o.file)
	wasm, err := local.Build(ctx, local.BuildOptions{ConfigFile: o.file, Dir: o.dir})
	if err != nil {
		return nil, err
	}
	return &built{wasm, cfg, backends}, nil
}

// backends are the URLs of the origins.
func (o *ownAPI) backends(cfg *config.Config) (map[string]string, error) {
	urls := map[string]string{}
	for _, origin := range cfg.Origins {
		switch {
		case o.origin != nil:
			urls[origin.Backend] = o.origin.Scheme + "://" + o.origin.Host
		case origin.Host != "":
			urls[origin.Backend] = "https://" + origin.Host
		default:
			return nil, fmt.Errorf("origin %q of %s has no host\nhint: say where your API is: make serve CONFIG=%s ORIGIN=http://127.0.0.1:1337", origin.Name, o.file, o.file)
		}
	}
	return urls, nil
}

// start starts the edge.
func (o *ownAPI) start(ctx context.Context, b *built) (*local.Edge, error) {
	secret, err := localSecret(b.config)
	if err != nil {
		return nil, err
	}
	return local.Start(ctx, local.Options{
		Wasm: b.wasm, Address: o.address, Log: o.out,
		Edit: func(server map[string]any) {
			secrets := b.config.Secrets
			server["secret_stores"] = map[string]any{
				secrets.Store: []map[string]any{{"key": secrets.Name, "data": secret}},
			}
			if b.config.Vault != nil {
				server["kv_stores"] = map[string]any{b.config.Vault.Store: []any{}}
			}
			server["backends"] = o.tables(b.backends)
		},
	})
}

// tables describes the backends to Viceroy.
func (o *ownAPI) tables(backends map[string]string) map[string]any {
	tables := map[string]any{}
	for name, address := range backends {
		table := map[string]any{"url": address}
		if o.origin != nil { // it may serve other hosts than the configuration names
			table["override_host"] = o.origin.Host
		}
		tables[name] = table
	}
	return tables
}

// localSecret is the secret with the local purge token and the hooks' secrets.
func localSecret(cfg *config.Config) (string, error) {
	hooks := map[string]string{}
	for _, hook := range cfg.Hooks {
		hooks[hook.Name] = hookSecret
	}
	text, err := json.Marshal(map[string]any{"purge_tokens": []string{purgeToken}, "hooks": hooks})
	return string(text), err
}

// greet prints what runs where.
func (o *ownAPI) greet(edge *local.Edge, cfg *config.Config) {
	origin := "the hosts of its origins"
	if o.origin != nil {
		origin = o.origin.String()
	}
	fmt.Fprintf(o.out, `
Larder is running with %s before %s. Ctrl-C stops it.

  %s  the edge: request it instead of your API
  %s  the purge token
`, o.file, origin, edge.URL(), purgeToken)
	for _, hook := range cfg.Hooks {
		fmt.Fprintf(o.out, "  %s/_larder/hooks/%s  the hook for %s, with the secret %s\n", edge.URL(), hook.Name, hook.Provider, hookSecret)
	}
	fmt.Fprintf(o.out, `
A request that matches no route is a line here. When you save %[1]s, Larder is built again, and its cache is then empty.

   curl -i '%[2]s/PATH'
   go run ./cmd/larder explain %[1]s '/PATH'

`, o.file, edge.URL())
}
