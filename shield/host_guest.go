//go:build wasip1

package shield

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"
)

// The SDK's shielding package (v1.9.0) requests a backend by the site's name.
// The ABI wants the target returned by shield_info, as Fastly's Rust SDK passes
// it (src/shielding.rs there), and Viceroy crashes on anything else. So both
// calls are bound here. Pointers refer to the heap, as in package corecache.

//go:wasmimport fastly_shielding shield_info
func abiShieldInfo(name unsafe.Pointer, nameLen uint32, buf unsafe.Pointer, bufLen uint32, written unsafe.Pointer) uint32

//go:wasmimport fastly_shielding backend_for_shield
func abiBackendForShield(target unsafe.Pointer, targetLen uint32, mask uint32, config unsafe.Pointer, buf unsafe.Pointer, bufLen uint32, written unsafe.Pointer) uint32

// backendConfig is $shield_backend_config; no field is used.
type backendConfig [4]uint32

// maxName is longer than any name of a target or backend, in bytes.
const maxName = 4 << 10

var errSite = errors.New("the platform does not know it")

// Platform is the [Host] of Fastly Compute.
type Platform struct{}

var _ Host = Platform{}

// Info implements [Host]. The target is the one for encrypted connections.
func (Platform) Info(site string) (here bool, target string, err error) {
	block, status := call(func(buf, written unsafe.Pointer) uint32 {
		return abiShieldInfo(unsafe.Pointer(unsafe.StringData(site)), uint32(len(site)), buf, maxName, written)
	})
	if status != 0 || block == "" {
		return false, "", fmt.Errorf("fastly_shielding.shield_info: %w (status %d)", errSite, status)
	}
	if block[0] != 0 {
		return true, "", nil
	}
	// The targets for plain and for encrypted connections, each followed by a
	// NUL.
	targets := strings.Split(block[1:], "\x00")
	if len(targets) != 3 || targets[1] == "" {
		return false, "", fmt.Errorf("fastly_shielding.shield_info: %w", errSite)
	}
	return false, targets[1], nil
}

// Backend implements [Host].
func (Platform) Backend(target string) (string, error) {
	config := &backendConfig{}
	name, status := call(func(buf, written unsafe.Pointer) uint32 {
		return abiBackendForShield(unsafe.Pointer(unsafe.StringData(target)), uint32(len(target)), 0, unsafe.Pointer(config), buf, maxName, written)
	})
	if status != 0 {
		return "", fmt.Errorf("fastly_shielding.backend_for_shield: status %d", status)
	}
	return name, nil
}

// call returns the text that a host call writes.
func call(host func(buf, written unsafe.Pointer) uint32) (string, uint32) {
	buf, written := make([]byte, maxName), new(uint32)
	status := host(unsafe.Pointer(unsafe.SliceData(buf)), unsafe.Pointer(written))
	return string(buf[:min(*written, maxName)]), status
}
