package config

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParsePatternRefuses(t *testing.T) {
	tests := []struct {
		name    string
		pattern string
		message string
	}{
		{"nothing", ``, `want a leading slash; got ""`},
		{"no leading slash", `v2/posts`, `want a leading slash; got "v2/posts"`},
		{"an empty segment", `/v2//posts`, `want text between two slashes; got none`},
		{"two slashes alone", `//`, `want text between two slashes; got none`},
		{"a dot segment", `/v2/../posts`, `want a path that is not refused before it is matched: it has a dot segment; got ".."`},
		{"an encoded dot segment", `/v2/%2E/posts`, `want a path that is not refused before it is matched: it has a dot segment; got "%2E"`},
		{"a variable twice", `/{slug}/{slug}`, `want a name of its own for each variable; got {slug} twice`},
		{"a wildcard of a variable's name", `/{slug}/{slug...}`, `want a name of its own for each variable; got {slug} twice`},
		{"an open brace", `/v2/{slug`, `want every brace to be closed in its segment; got "{slug"`},
		{"a brace that was not opened", `/v2/slug}`, `want every brace to be closed in its segment; got "slug}"`},
		{"a brace closed in another segment", `/v2/{a/b}`, `want every brace to be closed in its segment; got "{a"`},
		{"text before a variable", `/v2/post-{slug}`, `want a variable to be a whole segment, such as {slug}; got "post-{slug}"`},
		{"text after a variable", `/v2/{slug}.json`, `want a variable to be a whole segment, such as {slug}; got "{slug}.json"`},
		{"two variables in a segment", `/v2/{a}{b}`, `want a variable to be a whole segment, such as {slug}; got "{a}{b}"`},
		{"a variable without a name", `/v2/{}`, `want a variable's name of letters, digits and _; got "{}"`},
		{"a wildcard without a name", `/v2/{...}`, `want a variable's name of letters, digits and _; got "{...}"`},
		{"a variable that begins with a digit", `/v2/{1st}`, `want a variable's name of letters, digits and _; got "{1st}"`},
		{"a variable with a dot", `/v2/{a.b}`, `want a variable's name of letters, digits and _; got "{a.b}"`},
		{"a wildcard that is not last", `/{path...}/x`, `want {path...} last; got more after it`},
		{"a slash behind a wildcard", `/files/{path...}/`, `want nothing after {path...}; got a slash`},
		{"a control character", "/v2/\x00", `want no control characters; got "\x00"`},
		{"an encoded control character", `/v2/%0a`, `want no control characters; got "%0a"`},
		{"a query", `/v2/posts?page=1`, `want a path without query or fragment; got "posts?page=1"`},
		{"a fragment", `/v2/posts#top`, `want a path without query or fragment; got "posts#top"`},
		{"half an encoded character", `/v2/%2`, `want two hexadecimal digits after %; got "%2"`},
		{"a percent sign", `/v2/100%zz`, `want two hexadecimal digits after %; got "100%zz"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParsePattern(test.pattern)
			if !errors.Is(err, ErrPattern) {
				t.Fatalf("got %v, want ErrPattern", err)
			}
			if got := strings.TrimPrefix(err.Error(), ErrPattern.Error()+": "); got != test.message {
				t.Errorf("got  %s\nwant %s", got, test.message)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	const no = "no match"
	tests := []struct {
		name      string
		pattern   string
		path      string
		canonical string
		vars      []string
	}{
		{"the root", `/`, `/`, `/`, nil},
		{"the root and nothing else", `/`, `/v2`, no, nil},
		{"a literal", `/v2/posts/`, `/v2/posts/`, `/v2/posts/`, nil},
		{"a missing slash is put back", `/v2/posts/`, `/v2/posts`, `/v2/posts/`, nil},
		{"a slash too much is taken away", `/v2/posts`, `/v2/posts/`, `/v2/posts`, nil},
		{"two slashes are not one", `/v2/posts`, `/v2/posts//`, no, nil},
		{"a part of a literal", `/v2/posts/`, `/v2/post/`, no, nil},
		{"more than a literal", `/v2/posts/`, `/v2/posts2/`, no, nil},
		{"case matters", `/v2/posts/`, `/v2/Posts/`, no, nil},
		{"a path that is too short", `/v2/posts/`, `/v2/`, no, nil},
		{"a path without a slash", `/v2`, `v2`, no, nil},
		{"an empty path", `/`, ``, no, nil},
		{"a variable", `/v2/posts/{slug}/`, `/v2/posts/jam`, `/v2/posts/jam/`, []string{"jam"}},
		{"a variable stays encoded", `/v2/posts/{slug}/`, `/v2/posts/cr%C3%A8me%2Fx/`, `/v2/posts/cr%C3%A8me%2Fx/`, []string{"cr%C3%A8me%2Fx"}},
		{"a variable is one segment", `/v2/posts/{slug}/`, `/v2/posts/a/b/`, no, nil},
		{"a variable is not empty", `/v2/posts/{slug}/`, `/v2/posts//`, no, nil},
		{"a variable is there", `/v2/posts/{slug}/`, `/v2/posts/`, no, nil},
		{"two variables", `/v2/pages/{type}/{slug}/`, `/v2/pages/*/home`, `/v2/pages/*/home/`, []string{"*", "home"}},
		{"a wildcard takes all", `/{path...}`, `/a/b`, `/a/b`, []string{"a/b"}},
		{"a wildcard keeps a trailing slash", `/{path...}`, `/a/b/`, `/a/b/`, []string{"a/b/"}},
		{"a wildcard takes the root", `/{path...}`, `/`, `/`, []string{""}},
		{"a wildcard takes nothing", `/files/{path...}`, `/files`, `/files`, []string{""}},
		{"a wildcard takes nothing but a slash", `/files/{path...}`, `/files/`, `/files/`, []string{""}},
		{"a wildcard behind a literal", `/files/{path...}`, `/filesystem`, no, nil},
		{"a wildcard behind a variable", `/{site}/{path...}`, `/a/b/c`, `/a/b/c`, []string{"a", "b/c"}},
		{"a variable before a wildcard is there", `/{site}/{path...}`, `/`, no, nil},
		{"an unreserved literal is not encoded", `/%76%32/%7Eme`, `/v2/~me`, `/v2/~me`, nil},
		{"a literal beyond ASCII is encoded", `/crème`, `/cr%C3%A8me`, `/cr%C3%A8me`, nil},
		{"a reserved literal keeps its encoding", `/a%3fb`, `/a%3Fb`, `/a%3Fb`, nil},
		{"a literal that paths leave alone", `/a:b@c;d=e,f+g!`, `/a:b@c;d=e,f+g!`, `/a:b@c;d=e,f+g!`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := ParsePattern(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			vars, ok := p.Match(test.path, []string{"of another request"})
			if ok != (test.canonical != no) {
				t.Fatalf("match %v", ok)
			}
			if !slices.Equal(vars, test.vars) {
				t.Errorf("variables %q, want %q", vars, test.vars)
			}
			if !ok {
				return
			}
			if got := p.Canonical(test.path); got != test.canonical {
				t.Errorf("canonical %q, want %q", got, test.canonical)
			}
			if len(p.Variables()) != len(vars) {
				t.Errorf("%q with variables %q", p, p.Variables())
			}
		})
	}
}

func TestCovers(t *testing.T) {
	tests := []struct {
		p, q string
		want bool
	}{
		{`/`, `/`, true},
		{`/`, `/{path...}`, false},
		{`/posts/`, `/posts`, true},
		{`/posts/`, `/pages/`, false},
		{`/{kind}/`, `/posts/`, true},
		{`/posts/`, `/{kind}/`, false},
		{`/{kind}`, `/{other}/`, true},
		{`/{kind}`, `/posts/{slug}`, false},
		{`/posts/{slug}`, `/posts`, false},
		{`/posts/{slug}`, `/posts/search`, true},
		{`/{path...}`, `/`, true},
		{`/{path...}`, `/posts/{slug}`, true},
		{`/posts/{path...}`, `/posts`, true},
		{`/posts/{path...}`, `/{path...}`, false},
		{`/{kind}/{path...}`, `/{path...}`, false},
		{`/{kind}/{path...}`, `/posts/{path...}`, true},
		{`/%76%32/`, `/v2/`, true},
	}
	for _, test := range tests {
		t.Run(test.p+" of "+test.q, func(t *testing.T) {
			if got := pattern(t, test.p).Covers(pattern(t, test.q)); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func pattern(t testing.TB, s string) Pattern {
	t.Helper()
	p, err := ParsePattern(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestZeroPatternMatchesNothing(t *testing.T) {
	var zero Pattern
	if _, ok := zero.Match("/", nil); ok || zero.Covers(zero) {
		t.Error("it does")
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	p := pattern(t, `/v2/pages/{type}/{slug}/`)
	vars := make([]string, 0, 4)
	if n := testing.AllocsPerRun(100, func() { vars, _ = p.Match("/v2/pages/recipe/jam/", vars) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// patterns and paths are drawn from so few words that they meet often.
func patterns() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		segments := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "{v}"}), 0, 3).Draw(t, "segments")
		s := ""
		for i, segment := range segments {
			s += "/" + strings.Replace(segment, "v", "v"+string(rune('0'+i)), 1)
		}
		return s + rapid.SampledFrom([]string{"/", "/{rest...}"}).Draw(t, "end")
	})
}

func paths() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		segments := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", ""}), 0, 4).Draw(t, "segments")
		return "/" + strings.Join(segments, "/")
	})
}

func TestCoveredPatternMatchesNothingMore(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := pattern(t, patterns().Draw(r, "p"))
		q := pattern(t, patterns().Draw(r, "q"))
		path := paths().Draw(r, "path")
		_, byP := p.Match(path, nil)
		_, byQ := q.Match(path, nil)
		if p.Covers(q) && byQ && !byP {
			r.Fatalf("%q covers %q, which alone matches %q", p, q, path)
		}
		if !p.Covers(q) && !escapes(p, q) {
			r.Fatalf("%q does not cover %q, yet matches all that it does", p, q)
		}
	})
}

// escapes reports whether q matches some path that p does not, by trying
// values that no literal of p has, and wildcards of several lengths.
func escapes(p, q Pattern) bool {
	path := ""
	for _, segment := range q.segments() {
		switch {
		case strings.HasSuffix(segment, wildcardEnd):
			for _, rest := range []string{"", "/z", "/z/z", "/z/z/z", "/z/z/z/z"} {
				if _, ok := p.Match(cmp.Or(path+rest, "/"), nil); !ok {
					return true
				}
			}
			return false
		case variable(segment) != "":
			path += "/z"
		default:
			path += "/" + segment
		}
	}
	_, ok := p.Match(cmp.Or(path, "/"), nil)
	return !ok
}

func TestCanonicalPathStaysCanonical(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := pattern(t, patterns().Draw(r, "pattern"))
		path := paths().Draw(r, "path")
		vars, ok := p.Match(path, nil)
		if !ok {
			return
		}
		canonical := p.Canonical(path)
		again, ok := p.Match(canonical, nil)
		if !ok || !slices.Equal(vars, again) {
			r.Fatalf("%q matches %q with %q, and its canonical %q with %q", p, path, vars, canonical, again)
		}
		if twice := p.Canonical(canonical); twice != canonical {
			r.Fatalf("canonical of %q is %q", canonical, twice)
		}
	})
}

func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{`/`, `/v2/posts/{slug}/`, `/{path...}`, `/%zz`, `/{`, `/a/../b`, `/crème`, `//`, `/%3Ax/%2A`, `/a*/:`} {
		f.Add(seed, "/v2/posts/jam")
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		p, err := ParsePattern(text)
		if err != nil {
			if !errors.Is(err, ErrPattern) {
				t.Fatalf("not an ErrPattern: %v", err)
			}
			return
		}
		if again, err := ParsePattern(p.String()); err != nil || again != p || !p.Covers(p) {
			t.Fatalf("%q became %q, and that %q, %v", text, p, again, err)
		}
		vars, ok := p.Match(path, nil)
		if ok && len(vars) != len(p.Variables()) {
			t.Fatalf("%d values of %q", len(vars), p.Variables())
		}
		if canonical := p.Canonical(path); ok && p.Canonical(canonical) != canonical {
			t.Fatalf("canonical of %q is not", canonical)
		}
	})
}
