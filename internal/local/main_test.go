package local

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
)

// TestMain makes the test binary double as a fake demo content API: with -addr
// as its first argument it runs that, otherwise the tests.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-addr" {
		if err := fakeDemo(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// fakeDemo counts its starts in the database file and answers with the count.
func fakeDemo(args []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	address := flags.String("addr", "", "")
	database := flags.String("db", "", "")
	silent := flags.Bool("fail", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *silent {
		return fmt.Errorf("the pantry is empty")
	}
	starts, err := os.ReadFile(*database)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	starts = append(starts, 'x')
	if err := os.WriteFile(*database, starts, 0o600); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"addr": listener.Addr().String()}); err != nil {
		return err
	}
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "start %d", len(starts))
	}))
}
