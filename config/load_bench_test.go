package config

import (
	"os"
	"testing"
)

// BenchmarkParse is the strict reading, with every check.
func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("../larder.json")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad is what a sandbox pays before its first request.
func BenchmarkLoad(b *testing.B) {
	data, err := os.ReadFile("../larder.json")
	if err != nil {
		b.Fatal(err)
	}
	file := string(data)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(file); err != nil {
			b.Fatal(err)
		}
	}
}
