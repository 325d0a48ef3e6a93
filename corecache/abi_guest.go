//go:build wasip1

package corecache

import "unsafe"

// The host calls of Fastly's ABI that the cache needs. Handles and statuses are
// 32 bits. Pointers are passed as unsafe.Pointer without go:noescape, so that
// their targets are on the heap: heap objects do not move, but a stack may grow
// between taking an address and the call.

//go:wasmimport fastly_cache lookup
func abiLookup(key unsafe.Pointer, keyLen uint32, mask uint32, opts unsafe.Pointer, handle unsafe.Pointer) uint32

//go:wasmimport fastly_cache insert
func abiInsert(key unsafe.Pointer, keyLen uint32, mask uint32, opts unsafe.Pointer, body unsafe.Pointer) uint32

//go:wasmimport fastly_cache transaction_lookup
func abiTransactionLookup(key unsafe.Pointer, keyLen uint32, mask uint32, opts unsafe.Pointer, handle unsafe.Pointer) uint32

//go:wasmimport fastly_cache transaction_insert
func abiTransactionInsert(handle uint32, mask uint32, opts unsafe.Pointer, body unsafe.Pointer) uint32

//go:wasmimport fastly_cache transaction_insert_and_stream_back
func abiTransactionInsertAndStreamBack(handle uint32, mask uint32, opts unsafe.Pointer, body unsafe.Pointer, found unsafe.Pointer) uint32

//go:wasmimport fastly_cache transaction_update
func abiTransactionUpdate(handle uint32, mask uint32, opts unsafe.Pointer) uint32

//go:wasmimport fastly_cache transaction_cancel
func abiTransactionCancel(handle uint32) uint32

//go:wasmimport fastly_cache close
func abiClose(handle uint32) uint32

//go:wasmimport fastly_cache get_state
func abiGetState(handle uint32, state unsafe.Pointer) uint32

//go:wasmimport fastly_cache get_user_metadata
func abiGetUserMetadata(handle uint32, buf unsafe.Pointer, bufLen uint32, written unsafe.Pointer) uint32

//go:wasmimport fastly_cache get_body
func abiGetBody(handle uint32, mask uint32, opts unsafe.Pointer, body unsafe.Pointer) uint32

//go:wasmimport fastly_cache get_length
func abiGetLength(handle uint32, length unsafe.Pointer) uint32

//go:wasmimport fastly_cache get_max_age_ns
func abiGetMaxAge(handle uint32, ns unsafe.Pointer) uint32

//go:wasmimport fastly_cache get_age_ns
func abiGetAge(handle uint32, ns unsafe.Pointer) uint32

//go:wasmimport fastly_http_body read
func abiBodyRead(body uint32, buf unsafe.Pointer, bufLen uint32, n unsafe.Pointer) uint32

//go:wasmimport fastly_http_body write
func abiBodyWrite(body uint32, buf unsafe.Pointer, bufLen uint32, end uint32, n unsafe.Pointer) uint32

//go:wasmimport fastly_http_body close
func abiBodyClose(body uint32) uint32

//go:wasmimport fastly_http_body abandon
func abiBodyAbandon(body uint32) uint32

//go:wasmimport fastly_http_req new
func abiRequestNew(handle unsafe.Pointer) uint32

//go:wasmimport fastly_http_req header_append
func abiRequestHeaderAppend(handle uint32, name unsafe.Pointer, nameLen uint32, value unsafe.Pointer, valueLen uint32) uint32

//go:wasmimport fastly_http_req close
func abiRequestClose(handle uint32) uint32

// writeOptions is $cache_write_options. Its pointers are 32-bit addresses; the
// caller must keep the Go objects alive (see writeCall).
type writeOptions struct {
	maxAge           uint64
	requestHeaders   uint32
	vary             uint32
	varyLen          uint32
	_                uint32
	initialAge       uint64
	stale            uint64
	surrogateKeys    uint32
	surrogateKeysLen uint32
	length           uint64
	userMetadata     uint32
	userMetadataLen  uint32
	_                [32]byte // fields added by later versions of the ABI
}

const (
	writeRequestHeaders = 1 << 1
	writeVary           = 1 << 2
	writeInitialAge     = 1 << 3
	writeStale          = 1 << 4
	writeSurrogateKeys  = 1 << 5
	writeLength         = 1 << 6
	writeUserMetadata   = 1 << 7
)

// lookupOptions is $cache_lookup_options.
type lookupOptions struct {
	requestHeaders uint32
	_              [8]byte
}

const (
	lookupRequestHeaders           = 1 << 1
	lookupUseRequestedRange        = 1 << 3
	stateFound                     = 1 << 0
	stateStale                     = 1 << 2
	stateMustInsertOrUpdate        = 1 << 3
	bodyFrom                       = 1 << 1
	bodyTo                         = 1 << 2
	bodyEndBack             uint32 = 0
)

// bodyOptions is $cache_get_body_options.
type bodyOptions struct{ from, to uint64 }

// Statuses that callers handle themselves.
const (
	statusOK           = 0
	statusBufferLength = 4
)

func check(call string, status uint32) error {
	if status == statusOK {
		return nil
	}
	return &Error{Call: call, Status: status}
}
