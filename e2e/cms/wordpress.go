package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"larder/internal/local"
)

// wordPress is a running WordPress: MariaDB, PHP's built-in server, and Larder's
// plugin.
type wordPress struct {
	dir     string // the document root
	source  string // e2e/cms/wordpress
	address string
	log     *local.Log
	// ids are those of the content that install.php creates, by name.
	ids      map[string]int
	password string
	closers  []func() error
}

// startWordPress installs WordPress in dir, fills it and starts it.
func startWordPress(ctx context.Context, dir, hook string, log *local.Log) (*cms, error) {
	w := &wordPress{dir: filepath.Join(dir, "wordpress"), log: log}
	version, err := w.start(ctx, dir, hook)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return &cms{
		version: "WordPress " + version, origin: "http://" + w.address, urls: w.urls(urlsOfWordPress), edits: w.edits(),
		recordedURLs: w.urls(recordedURLsOfWordPress), recordedEdits: recordedEditsOfWordPress, close: w.close,
	}, nil
}

func (w *wordPress) close() error {
	var errs []error
	for i := len(w.closers) - 1; i >= 0; i-- {
		errs = append(errs, w.closers[i]())
	}
	return errors.Join(errs...)
}

func (w *wordPress) start(ctx context.Context, dir, hook string) (version string, err error) {
	root, err := local.Root()
	if err != nil {
		return "", err
	}
	w.source = filepath.Join(root, "e2e", "cms", "wordpress")
	tree, err := script(ctx, filepath.Join(root, "tools", "wordpress.sh"))
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(w.dir, os.DirFS(tree)); err != nil {
		return "", err
	}
	if w.address, err = local.FreeAddress(); err != nil {
		return "", err
	}
	socket, err := w.startDatabase(ctx, dir)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(w.dir, "wp-config.php"), []byte(w.config(socket, hook)), 0o600); err != nil {
		return "", err
	}
	installed, err := w.php(ctx, "install.php", "")
	if err != nil {
		return "", err
	}
	var content struct {
		IDs               map[string]int
		Password, Version string
	}
	if err := json.Unmarshal(installed, &content); err != nil {
		return "", fmt.Errorf("install.php: %w: %s", err, installed)
	}
	w.ids, w.password = content.IDs, content.Password
	plugins := filepath.Join(w.dir, "wp-content", "mu-plugins")
	if err := os.MkdirAll(plugins, 0o700); err != nil {
		return "", err
	}
	plugin, err := os.ReadFile(filepath.Join(root, "integrations", "wordpress", "larder.php"))
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(plugins, "larder.php"), plugin, 0o600); err != nil {
		return "", err
	}
	server, err := local.StartServer(ctx, local.ServerOptions{
		Name: "php", Path: "php", Log: w.log,
		Args:      []string{"-d", "opcache.enable_cli=1", "-d", "upload_max_filesize=8M", "-S", w.address, "-t", w.dir, filepath.Join(w.source, "router.php")},
		Announced: after("Development Server (http://", ")"),
	})
	if err != nil {
		return "", err
	}
	w.closers = append(w.closers, server.Close)
	return content.Version, nil
}

// startDatabase starts an empty MariaDB and returns the path of its socket.
func (w *wordPress) startDatabase(ctx context.Context, dir string) (string, error) {
	data, socket := filepath.Join(dir, "mariadb"), filepath.Join(dir, "mariadb.sock")
	install := exec.CommandContext(ctx, "mariadb-install-db", "--no-defaults", "--datadir="+data,
		"--auth-root-authentication-method=normal", "--skip-test-db")
	if output, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("mariadb-install-db: %w\n%s", err, output)
	}
	args := []string{"--no-defaults", "--datadir=" + data, "--socket=" + socket, "--skip-networking",
		"--innodb-flush-log-at-trx-commit=0", "--init-file=" + filepath.Join(dir, "init.sql")}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	if err := os.WriteFile(filepath.Join(dir, "init.sql"), []byte("CREATE DATABASE wordpress;\n"), 0o600); err != nil {
		return "", err
	}
	server, err := local.StartServer(ctx, local.ServerOptions{
		Name: "mariadb", Path: "mariadbd", Args: args, Log: w.log, Announced: after("Version: '", "'"),
	})
	if err != nil {
		return "", err
	}
	w.closers = append(w.closers, server.Close)
	return socket, nil
}

// config is WordPress's wp-config.php. Cron jobs do not start by themselves,
// because an edit must not happen while URLs are compared.
func (w *wordPress) config(socket, hook string) string {
	return `<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:` + socket + `' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'WP_HOME', 'http://` + w.address + `' );
define( 'WP_SITEURL', 'http://` + w.address + `' );
define( 'WP_ENVIRONMENT_TYPE', 'local' );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_ACCESSIBLE_HOSTS', '127.0.0.1' );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'AUTH_SALT', 'a salt' );
define( 'LARDER_HOOK_URL', '` + hook + `' );
define( 'LARDER_HOOK_SECRET', '` + hookSecret + `' );
$table_prefix = 'wp_';
require ABSPATH . 'wp-settings.php';
`
}

// php runs a script of e2e/cms/wordpress and returns its output.
func (w *wordPress) php(ctx context.Context, script, input string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "php", "-d", "opcache.enable_cli=1", "-d", "display_errors=stderr", filepath.Join(w.source, script), w.dir)
	cmd.Env = append(os.Environ(), "CMS_HOST="+w.address)
	cmd.Stdin = strings.NewReader(input)
	var output, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &problems
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s%s", script, err, problems.Bytes(), output.Bytes())
	}
	return output.Bytes(), nil
}

// named replaces each $name by the ID of that content.
func (w *wordPress) named(text string) string {
	return os.Expand(text, func(name string) string {
		id, ok := w.ids[name]
		if !ok {
			panic("no content has the name " + name)
		}
		return fmt.Sprint(id)
	})
}

// rest sends a request of the block editor to the REST API, and stores the ID in
// its answer under a name, unless that is "".
func (w *wordPress) rest(ctx context.Context, method, path, body, name string) error {
	upload := path == "/media"
	if !upload {
		body = w.named(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+w.address+"/wp-json/wp/v2"+w.named(path), strings.NewReader(body))
	if err != nil {
		return err
	}
	request.SetBasicAuth("admin", w.password)
	request.Header.Set("Content-Type", "application/json")
	if upload {
		request.Header.Set("Content-Type", "image/png")
		request.Header.Set("Content-Disposition", `attachment; filename="`+name+`.png"`)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s\n%s", method, path, response.Status, answer)
	}
	if name == "" {
		return nil
	}
	var made struct{ ID int }
	if err := json.Unmarshal(answer, &made); err != nil || made.ID == 0 {
		return fmt.Errorf("%s %s: no ID: %s (%w)", method, path, answer, err)
	}
	w.ids[name] = made.ID
	return nil
}

// code runs an editor's PHP code in WordPress.
func (w *wordPress) code(ctx context.Context, text string) error {
	_, err := w.php(ctx, "edit.php", strings.ReplaceAll(w.named(text), "@", "$")+"\nreturn true;")
	return err
}

// script runs a script of tools/ that prints a path.
func script(ctx context.Context, path string) (string, error) {
	cmd := exec.CommandContext(ctx, path)
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	return strings.TrimSpace(string(output)), err
}

// after recognises a line with prefix, and returns what stands between it and
// suffix.
func after(prefix, suffix string) func(string) (string, bool) {
	return func(line string) (string, bool) {
		_, rest, ok := strings.Cut(line, prefix)
		text, _, closed := strings.Cut(rest, suffix)
		return text, ok && closed
	}
}
