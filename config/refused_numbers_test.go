package config

import (
	"testing"
	"time"
)

func TestDurationsAndSizesOutOfRangeAreRefused(t *testing.T) {
	refuses(t, []refusal{
		// Durations and sizes.
		{"a duration in words", route(`"lifetimes":{"ttl":"10 minutes"}`), []string{
			`$.routes[0].lifetimes.ttl: want a duration such as "30s", "12h" or "7d", or "origin"; got "10 minutes"`}},
		{"a duration in words where no origin decides", minimal(`"deadline":"10 minutes",`, ``), []string{
			`$.deadline: want a duration such as "30s", "12h" or "7d"; got "10 minutes"`}},
		{"a duration as a number", minimal(`"lifetimes":{"client_ttl":60},`, ``), []string{
			`$.lifetimes.client_ttl: want a duration such as "30s", "12h" or "7d"; got the number 60`}},
		{"a negative lifetime", minimal(`"lifetimes":{"ttl":"-1s"},`, ``), []string{
			`$.lifetimes.ttl: want a duration such as "30s", "12h" or "7d", or "origin"; got "-1s"`}},
		{"a lifetime of more than a year", minimal(`"lifetimes":{"stale_if_error":"366d"},`, ``), []string{
			`$.lifetimes.stale_if_error: want a duration from 0s to 365d; got 366d`}},
		{"a route's lifetime of more than a year", route(`"lifetimes":{"not_found_ttl":"9000h"}`), []string{
			`$.routes[0].lifetimes.not_found_ttl: want a duration from 0s to 365d; got 375d`}},
		{"days beyond all bounds", minimal(`"lifetimes":{"ttl":"99999999999999d"},`, ``), []string{
			`$.lifetimes.ttl: want a duration such as "30s", "12h" or "7d", or "origin"; got "99999999999999d"`}},
		{"a deadline past the platform's", minimal(`"deadline":"2m",`, ``), []string{
			`$.deadline: want a duration from 1s to 110s; got 2m`}},
		{"a deadline of nothing", minimal(`"deadline":"0s",`, ``), []string{
			`$.deadline: want a duration from 1s to 110s; got 0s`}},
		{"a patience beyond the deadline", minimal(`"deadline":"5s","patience":"6s",`, ``), []string{
			`$.patience: want at most the deadline of 5s; got 6s`}},
		{"a patience of nothing", minimal(`"patience":"0s",`, ``), []string{
			`$.patience: want a duration from 100ms to 110s; got 0s`}},
		{"a repeat without a pause", minimal(`"purge":{"repeat":["3s","0s"]},`, ``), []string{
			`$.purge.repeat[1]: want a duration from 1ms to 1m; got 0s`}},
		{"repeats for longer than a minute", minimal(`"purge":{"repeat":["30s","30s","1s"]},`, ``), []string{
			`$.purge.repeat: want pauses of 1m at most in all; got 61s`}},
		{"a timeout of nothing", origin(`"first_byte_timeout":"0s","body_timeout":"1h30m"`), []string{
			`$.origins[0].first_byte_timeout: want a duration from 1ms to 110s; got 0s`,
			`$.origins[0].body_timeout: want a duration from 1ms to 110s; got 90m`}},
		{"a size in decimal units", minimal(`"limits":{"tagged_body":"8MB"},`, ``), []string{
			`$.limits.tagged_body: want a size such as "256KiB", "8MiB" or a whole number of bytes; got "8MB"`}},
		{"a size with a fraction", minimal(`"limits":{"purge_body":1.5},`, ``), []string{
			`$.limits.purge_body: want a size such as "256KiB", "8MiB" or a whole number of bytes; got the number 1.5`}},
		{"a size beyond all bounds", minimal(`"limits":{"purge_body":"9999999999999999MiB"},`, ``), []string{
			`$.limits.purge_body: want a size such as "256KiB", "8MiB" or a whole number of bytes; got "9999999999999999MiB"`}},
		{"sizes out of range", minimal(`"limits":{"tagged_body":"5MiB","purge_body":100},`, ``), []string{
			`$.limits.tagged_body: want a size from 1KiB to 4MiB; got 5MiB`,
			`$.limits.purge_body: want a size from 1KiB to 1MiB; got 100`}},
	})
}

func TestParseDuration(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"0s", 0, true},
		{"90s", 90 * time.Second, true},
		{"1h30m", 90 * time.Minute, true},
		{"7d", 7 * day, true},
		{"1d12h", day + 12*time.Hour, true},
		{"365d", 365 * day, true},
		{"", 0, false},
		{"d", 0, false},
		{"1.5d", 0, false},
		{"12h1d", 0, false},
		{"1d2d", 0, false},
		{"1d36h", 0, false},
		{"+1s", 0, false},
		{"1d-1h", 0, false},
		{"60", 0, false},
		{"1w", 0, false},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, ok := parseDuration(test.text)
			if ok != test.ok || ok && got != test.want {
				t.Errorf("got %v, %v", got, ok)
			}
		})
	}
}
