package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"

	"larder/internal/local"
)

// strapi is a running Strapi 5, with the project in e2e/cms/strapi and SQLite.
type strapi struct {
	origin string
	token  string // an administrator's
	// names has documentIds by name, and numeric IDs by the name and "_id".
	names map[string]string
	close func() error
}

// startStrapi starts Strapi with an empty database in dir, and fills it.
func startStrapi(ctx context.Context, dir, hook string, log *local.Log) (*cms, error) {
	root, err := local.Root()
	if err != nil {
		return nil, err
	}
	project, err := script(ctx, filepath.Join(root, "tools", "strapi.sh"))
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(dir, "uploads"), 0o700); err != nil {
		return nil, err
	}
	address, err := local.FreeAddress()
	if err != nil {
		return nil, err
	}
	_, port, _ := strings.Cut(address, ":")
	server, err := local.StartServer(ctx, local.ServerOptions{
		Name: "strapi", Path: "node", Dir: project, Log: log,
		Args: []string{filepath.Join("node_modules", "@strapi", "strapi", "bin", "strapi.js"), "start"},
		Env: []string{"NODE_ENV=production", "STRAPI_TELEMETRY_DISABLED=true", "PORT=" + port, "PUBLIC=" + dir,
			"DATABASE=" + filepath.Join(dir, "strapi.db"), "HOOK=" + hook, "HOOK_SECRET=" + hookSecret},
		Announced: func(line string) (string, bool) {
			return address, strings.Contains(line, "Strapi started successfully")
		},
	})
	if err != nil {
		return nil, err
	}
	s := &strapi{origin: "http://" + address, names: map[string]string{}, close: server.Close}
	version, err := s.fill(ctx, project)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return &cms{
		version: "Strapi " + version, origin: s.origin, urls: lines(s.named(urlsOfStrapi)), edits: s.edits(),
		recordedURLs: lines(s.named(recordedURLsOfStrapi)), recordedEdits: recordedEditsOfStrapi, close: s.close,
	}, nil
}

// fill creates the administrator and the content, and returns Strapi's version.
func (s *strapi) fill(ctx context.Context, project string) (version string, err error) {
	var admin struct{ Data struct{ Token string } }
	err = s.send(ctx, http.MethodPost, "/admin/register-admin",
		`{"email":"admin@example.com","password":"Password1","firstname":"Ada","lastname":"Admin"}`, &admin)
	if err != nil {
		return "", err
	}
	s.token = admin.Data.Token
	for _, file := range []string{"kettle", "spoon"} {
		if err := s.upload(ctx, file); err != nil {
			return "", err
		}
	}
	for _, e := range s.content() {
		if err := e.do(ctx); err != nil {
			return "", fmt.Errorf("%s: %w", e.name, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(project, "node_modules", "@strapi", "strapi", "package.json"))
	if err != nil {
		return "", err
	}
	var installed struct{ Version string }
	err = json.Unmarshal(text, &installed)
	return installed.Version, err
}

// named replaces each $name by the documentId of that content, and $name_id by
// its numeric ID.
func (s *strapi) named(text string) string {
	return os.Expand(text, func(name string) string {
		id, ok := s.names[name]
		if !ok {
			panic("no content has the name " + name)
		}
		return id
	})
}

// send sends a request of the administration and reads the answer, unless it
// is nil.
func (s *strapi) send(ctx context.Context, method, path, body string, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, s.origin+s.named(path), strings.NewReader(s.named(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	return s.do(request, answer)
}

func (s *strapi) do(request *http.Request, answer any) error {
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s\n%s", request.Method, request.URL.Path, response.Status, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

// create saves an entry of a type and gives it a name.
func (s *strapi) create(ctx context.Context, kind, name, body string) error {
	var made struct {
		Data struct {
			DocumentID string `json:"documentId"`
			ID         int    `json:"id"`
		}
	}
	if err := s.send(ctx, http.MethodPost, collection(kind), body, &made); err != nil {
		return err
	}
	s.names[name], s.names[name+"_id"] = made.Data.DocumentID, fmt.Sprint(made.Data.ID)
	return nil
}

// upload uploads a small picture.
func (s *strapi) upload(ctx context.Context, name string) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="files"; filename="` + name + `.png"`}, "Content-Type": {"image/png"},
	})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(part, pixel()); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.origin+"/upload", &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	var files []struct {
		DocumentID string `json:"documentId"`
		ID         int    `json:"id"`
	}
	if err := s.do(request, &files); err != nil {
		return err
	}
	s.names[name], s.names[name+"_id"] = files[0].DocumentID, fmt.Sprint(files[0].ID)
	return nil
}

// describe changes what is known about a file.
func (s *strapi) describe(ctx context.Context, name, info string) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := errors.Join(form.WriteField("fileInfo", info), form.Close()); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.origin+"/upload?id="+s.names[name+"_id"], &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	return s.do(request, nil)
}

// collection is the path of a type's entries in the administration.
func collection(kind string) string {
	return "/content-manager/collection-types/api::" + kind + "." + kind
}
