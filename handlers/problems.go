package handlers

import (
	"net/http"
	"strconv"

	"larder/problem"
	"larder/resource"
)

// The problems that a request can meet.
var (
	problemURLTooLong  = problem.New("url-too-long", http.StatusRequestURITooLong, "The URL is longer than "+strconv.Itoa(resource.MaxURL)+" bytes.")
	problemMethod      = problem.New("method-not-allowed", http.StatusMethodNotAllowed, "Larder does not pass on requests with this method.").WithHeader("Allow", allowedMethods)
	problemPath        = problem.New("bad-path", http.StatusBadRequest, "The path of the URL is not acceptable.")
	problemParameter   = problem.New("unlisted-parameter", http.StatusBadRequest, "The URL has a query parameter that is not accepted here.")
	problemContent     = problem.New("bad-content", http.StatusBadRequest, "The content of the request could not be read.")
	problemNoRoute     = problem.New("no-route", http.StatusNotFound, "No route is configured for this path.")
	problemNoOperation = problem.New("no-operation", http.StatusNotFound, "Larder has nothing at this path.")
	problemLoop        = problem.New("loop", http.StatusLoopDetected, "The request has been through this cache before: its origin leads back to it.")
	problemUnavailable = problem.New("origin-unavailable", http.StatusServiceUnavailable, "The content API gives no usable response now, and there is no stored copy of this one.")
	problemNotCached   = problem.New("not-cached", http.StatusGatewayTimeout, "There is no stored copy of this response, and the request forbids asking the content API.")
	problemRange       = problem.New("range-not-satisfiable", http.StatusRequestedRangeNotSatisfiable, "The answer has no such range of bytes.")
)
