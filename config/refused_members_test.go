package config

import (
	"strings"
	"testing"
)

func TestFilesOfTheWrongFormAreRefused(t *testing.T) {
	refuses(t, []refusal{
		// Syntax.
		{"an empty file", "", []string{
			`$: line 1, column 1: want a JSON object; got an empty file`}},
		{"a comma too much", "{\n  \"name\": \"Larder\",\n}", []string{
			`$: line 3, column 1: want JSON; invalid character '}' looking for beginning of object key string`}},
		{"a file cut short", `{"name":`, []string{
			`$: line 1, column 8: want JSON; unexpected end of JSON input`}},
		{"more after the end", minimal(``, ``) + "\n{}", []string{
			`$: line 2, column 1: want JSON; invalid character '{' after top-level value`}},
		{"a column counts characters", `{"näme":}`, []string{
			`$: line 1, column 9: want JSON; invalid character '}' looking for beginning of value`}},
		{"a byte that is not UTF-8", "{\n\"\xff\":1}", []string{
			`$: line 2, column 2: want UTF-8; got the byte 0xff`}},
		{"a byte order mark in front", "\ufeff" + minimal(``, ``), []string{
			`$: line 1, column 1: want JSON; the file begins with a byte order mark: save it as UTF-8 without one`}},
		{"a list instead of an object", `[]`, []string{
			`$: want an object; got a list`,
		}},

		// Members.
		{"nothing that is required", `{}`, []string{
			`$.origins: want this member; it is missing`,
			`$.routes: want this member; it is missing`}},
		{"a misspelt member", minimal(`"orgins":[],`, ``), []string{
			`$.orgins: unknown member "orgins"; did you mean "origins"?`}},
		{"a member in another case", minimal(`"Deadline":"5s",`, ``), []string{
			`$.Deadline: unknown member "Deadline"; did you mean "deadline"?`}},
		{"an unknown member", minimal(`"limits":{"colour":1},`, ``), []string{
			`$.limits.colour: unknown member "colour"; want one of tagged_body, purge_body`}},
		{"an unknown member with spaces", minimal(`"limits":{"a b":1},`, ``), []string{
			`$.limits["a b"]: unknown member "a b"; want one of tagged_body, purge_body`}},
		{"members by their old names", minimal(`"breaker":{"pause":"2s","max_pause":"1m"},`, ``), []string{
			`$.breaker.pause: breaker.pause is now called breaker.cooldown`,
			`$.breaker.max_pause: breaker.max_pause is now called breaker.max_cooldown`}},
		{"a member twice", minimal(`"name":"a","name":"b",`, ``), []string{
			`$.name: want each member once; got "name" twice`}},
		{"a member twice in a dictionary", route(`"query":{"page":"1","p\u0061ge":null}`), []string{
			`$.routes[0].query.page: want each member once; got "page" twice`}},

		// Types.
		{"a number for a string", minimal(`"name":5,`, ``), []string{
			`$.name: want a string; got the number 5`}},
		{"null for a string", minimal(`"name":null,`, ``), []string{
			`$.name: want a string; got null`}},
		{"a string for an object", minimal(`"tenant":"auth_token",`, ``), []string{
			`$.tenant: want an object; got "auth_token"`}},
		{"a string for a list", route(`"methods":"GET"`), []string{
			`$.routes[0].methods: want a list; got "GET"`}},
		{"a list for a dictionary", route(`"query":["page"]`), []string{
			`$.routes[0].query: want an object; got a list`}},
		{"a string for a boolean", minimal(`"lifetimes":{"heuristic":"yes"},`, ``), []string{
			`$.lifetimes.heuristic: want true or false; got "yes"`}},
		{"an object for a string", minimal(`"unmatched":{},`, ``), []string{
			`$.unmatched: want a string; got an object`}},
		{"a boolean for a path", routes(`{"name":"a","path":true}`), []string{
			`$.routes[0].path: want a path such as "/v2/posts/{slug}/"; got true`}},
		{"a long string is shortened", minimal(`"unmatched":"`+strings.Repeat("é", 50)+`",`, ``), []string{
			`$.unmatched: want "pass" or "reject"; got "` + strings.Repeat("é", 30) + `…"`}},
		{"all mistakes at once", `{"nmae":"x","origins":[{"name":"a","host":"/"}],"deadline":"1y","routes":[{"name":"r","path":"x"}]}`, []string{
			`$.nmae: unknown member "nmae"; did you mean "name"?`,
			`$.deadline: want a duration such as "30s", "12h" or "7d"; got "1y"`,
			`$.routes[0].path: malformed path pattern: want a leading slash; got "x"`,
			`$.origins[0].host: want a host such as "api.example.com" or "localhost:8080"; got "/"`}},
	})
}
