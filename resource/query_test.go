package resource

import (
	"testing"

	"larder/config"
)

func TestQueriesAreNormalised(t *testing.T) {
	listed := &config.Route{Query: []config.Parameter{
		{Name: "tag"}, {Name: "page", Default: "1", HasDefault: true}, {Name: "thé"}, {Name: "locale", HasDefault: true}}}
	all := &config.Route{AllQuery: true, Query: []config.Parameter{{Name: "page", Default: "1", HasDefault: true}}}
	ignoring := &config.Route{AllQuery: true, Query: []config.Parameter{{Name: "page"}}, Ignore: config.IgnoreList{"utm_*", "fbclid"}}
	tests := []struct {
		name       string
		route      *config.Route
		credential string
		raw, want  string
	}{
		{"no query", listed, "", "", ""},
		{"a listed parameter", listed, "", "tag=a", "tag=a"},
		{"an unlisted parameter", listed, "", "x=1", ""},
		{"sorted by name", listed, "", "tag=a&page=2", "page=2&tag=a"},
		{"a default", listed, "", "page=1&tag=a", "tag=a"},
		{"an encoded default", listed, "", "p%61ge=%31", ""},
		{"a default before another value", listed, "", "page=1&page=2", "page=1&page=2"},
		{"a default after another value", listed, "", "page=2&page=1", "page=2&page=1"},
		{"a default, repeated", listed, "", "page=1&tag=a&page=1", "tag=a"},
		{"an empty default", listed, "", "locale=", ""},
		{"an empty default without an equals sign", listed, "", "locale", ""},
		{"an exact repetition", listed, "", "tag=a&tag=a", "tag=a"},
		{"values of one name keep their order", listed, "", "tag=b&tag=a", "tag=b&tag=a"},
		{"a name without a value", listed, "", "tag", "tag="},
		{"empty pairs", listed, "", "&&tag=a&", "tag=a"},
		{"a value with equals signs", listed, "", "tag=a=b", "tag=a%3Db"},
		{"a plus sign is a space", listed, "", "tag=a+b", "tag=a%20b"},
		{"an encoded plus sign", listed, "", "tag=a%2Bb", "tag=a%2Bb"},
		{"an encoded ampersand stays in its value", listed, "", "tag=a%26page%3D2", "tag=a%26page%3D2"},
		{"an invalid encoding is text", listed, "", "tag=%zz", "tag=%25zz"},
		{"NUL", listed, "", "tag=%00", "tag=%00"},
		{"another script", listed, "", "th%C3%A9=寿", "th%C3%A9=%E5%AF%BF"},
		{"names are case-sensitive", listed, "", "Tag=a", ""},
		{"characters that stay unencoded", listed, "", "tag=a,b:c/d@e", "tag=a,b:c/d@e"},
		{"the credential", listed, "token", "token=s&x=1", ""},
		{"an ignored parameter where all are listed", ignoring, "", "x=1&fbclid=a&page=2", "page=2&x=1"},
		{"a parameter with an ignored beginning", ignoring, "", "utm_source=mail&utm_=&x=1", "x=1"},
		{"an ignored parameter in another encoding", ignoring, "", "%66bclid=a&ut%6D_id=1", ""},
		{"names that are only similar to ignored ones", ignoring, "", "fbclid2=a&utm=1&UTM_ID=1", "UTM_ID=1&fbclid2=a&utm=1"},
		{"all parameters", all, "", "z=1&a=2&page=1", "a=2&z=1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := encodeQuery(selectListed(parseQuery(test.raw), test.route, test.credential))
			if got != test.want {
				t.Errorf("%q becomes %q, not %q", test.raw, got, test.want)
			}
			again := encodeQuery(selectListed(parseQuery(got), test.route, test.credential))
			if again != got {
				t.Errorf("%q becomes %q", got, again)
			}
		})
	}
}

func TestARawQueryLosesWhatDoesNotCountAlone(t *testing.T) {
	ignored := config.IgnoreList{"utm_*", "fbclid"}
	tests := []struct {
		name       string
		ignored    config.IgnoreList
		credential string
		raw, want  string
	}{
		{"nothing to remove", ignored, "token", "a=1&b=2", "a=1&b=2"},
		{"the credential", nil, "token", "a=1&token=s&b=2", "a=1&b=2"},
		{"an ignored parameter", ignored, "token", "fbclid=x&b=2", "b=2"},
		{"ignored parameters alone", ignored, "token", "utm_id=1&utm_source=2", ""},
		{"all parameters of a name", ignored, "token", "fbclid=1&b=2&fbclid=3&fbclid&token&token=s", "b=2"},
		{"an encoded name", ignored, "token", "%66bclid=1&b=2&t%6Fken=s", "b=2"},
		{"the other parameters stay unchanged", ignored, "token", "b=%7e+&fbclid=1&&c", "b=%7e+&&c"},
		{"a value with an ignored name", ignored, "token", "b=fbclid", "b=fbclid"},
		{"a parameter without a name is no credential", ignored, "", "=1&b=2", "=1&b=2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := rawQuery(test.raw, &config.Route{AllQuery: true, Ignore: test.ignored}, test.credential)
			if got != test.want {
				t.Errorf("it is %q, not %q", got, test.want)
			}
		})
	}
}
