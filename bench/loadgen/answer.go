package loadgen

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

var (
	errStatus  = errors.New("status is not 200")
	errFraming = errors.New("answer has neither Content-Length nor chunks")
)

// readAnswer reads one HTTP/1.1 response and returns its body's size in bytes.
// It does little work, because the generator shares the machine with the
// programs that it measures.
func readAnswer(reader *bufio.Reader) (int, error) {
	status, err := readLine(reader)
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200")) {
		return 0, fmt.Errorf("%w: %s", errStatus, status)
	}
	length, chunked := -1, false
	for {
		line, err := readLine(reader)
		if err != nil {
			return 0, err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, fmt.Errorf("read Content-Length: %w", err)
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		}
	}
	if chunked {
		return discardChunks(reader)
	}
	if length < 0 {
		return 0, errFraming
	}
	return reader.Discard(length)
}

// discardChunks reads a chunked body (RFC 9112 §7.1) without trailers.
func discardChunks(reader *bufio.Reader) (int, error) {
	for total := 0; ; {
		line, err := readLine(reader)
		if err != nil {
			return 0, err
		}
		size, err := strconv.ParseUint(string(line), 16, 31)
		if err != nil {
			return 0, fmt.Errorf("read a chunk's size: %w", err)
		}
		if _, err := reader.Discard(int(size) + len("\r\n")); err != nil {
			return 0, err
		}
		if size == 0 {
			return total, nil
		}
		total += int(size)
	}
}

// readLine returns a line without its line end. It is valid until the next read.
func readLine(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}
