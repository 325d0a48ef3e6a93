package config

// filler fills the types of file.go, member by member, from JSON that the
// decoder has accepted before. It does the same without reflection, without a
// tree and without messages, which would cost a sandbox more than its first
// hit. At anything unexpected it fails.
type filler struct{ reader }

// file returns the file without its routes, and the outline of each route.
func (in *filler) file() (f file, routes []Route) {
	in.members(func(name string) {
		switch name {
		case "$schema":
			f.Schema = in.text()
		case "name":
			f.Name = in.text()
		case "origins":
			in.elements(func() { f.Origins = append(f.Origins, in.origin()) })
		case "deadline":
			in.decode(&f.Deadline)
		case "failures":
			f.Failures = in.failures()
		case "breaker":
			f.Breaker = in.breaker()
		case "shield":
			f.Shield = in.shield()
		case "tenant":
			f.Tenant = in.tenant()
		case "cors":
			f.CORS = in.cors()
		case "debug_header":
			f.DebugHeader = in.text()
		case "secrets":
			f.Secrets = in.secrets()
		case "vault":
			f.Vault = in.vault()
		case "limits":
			f.Limits = in.limits()
		case "unmatched":
			f.Unmatched = in.text()
		case "lifetimes":
			f.Lifetimes = in.lifetimes()
		case "routes":
			routes = make([]Route, 0, 16) // more than most files have
			in.elements(func() { routes = append(routes, in.outline()) })
		default:
			in.failed = true
		}
	})
	return f, routes
}

func (in *filler) origin() (f originFile) {
	in.members(func(name string) {
		switch name {
		case "name":
			f.Name = in.text()
		case "backend":
			f.Backend = in.text()
		case "host":
			f.Host = in.text()
		case "first_byte_timeout":
			in.decode(&f.FirstByteTimeout)
		case "body_timeout":
			in.decode(&f.BodyTimeout)
		case "headers":
			f.Headers = in.dictionary()
		case "retries":
			in.decode(&f.Retries)
		default:
			in.failed = true
		}
	})
	return f
}

func (in *filler) failures() (f failuresFile) {
	in.members(func(name string) {
		if name != "statuses" {
			in.failed = true
			return
		}
		f.Statuses = []count{} // an empty list is not an absent one
		in.elements(func() {
			var status count
			in.decode(&status)
			f.Statuses = append(f.Statuses, status)
		})
	})
	return f
}

func (in *filler) breaker() (f breakerFile) {
	in.members(func(name string) {
		switch name {
		case "failures":
			in.decode(&f.Failures)
		case "window":
			in.decode(&f.Window)
		case "pause":
			in.decode(&f.Pause)
		case "max_pause":
			in.decode(&f.MaxPause)
		default:
			in.failed = true
		}
	})
	return f
}

func (in *filler) shield() *shieldFile {
	var f shieldFile
	in.members(func(name string) {
		switch name {
		case "site":
			f.Site = in.text()
		case "first_byte_timeout":
			in.decode(&f.FirstByteTimeout)
		case "body_timeout":
			in.decode(&f.BodyTimeout)
		case "purge_delay":
			in.decode(&f.PurgeDelay)
		default:
			in.failed = true
		}
	})
	return &f
}

func (in *filler) tenant() *tenantFile {
	var f tenantFile
	in.members(func(name string) {
		switch name {
		case "query":
			f.Query = in.text()
		case "header":
			f.Header = in.text()
		default:
			in.failed = true
		}
	})
	return &f
}

func (in *filler) cors() *corsFile {
	var f corsFile
	in.members(func(name string) {
		switch name {
		case "origins":
			f.Origins = in.texts()
		case "headers":
			f.Headers = in.texts()
		case "expose":
			f.Expose = in.texts()
		case "max_age":
			in.decode(&f.MaxAge)
		default:
			in.failed = true
		}
	})
	return &f
}

func (in *filler) secrets() (f secretsFile) {
	in.members(func(name string) {
		switch name {
		case "store":
			f.Store = in.text()
		case "name":
			f.Name = in.text()
		default:
			in.failed = true
		}
	})
	return f
}

func (in *filler) vault() *vaultFile {
	var f vaultFile
	in.members(func(name string) {
		switch name {
		case "store":
			f.Store = in.text()
		case "interval":
			in.decode(&f.Interval)
		case "max_age":
			in.decode(&f.MaxAge)
		case "max_body":
			in.decode(&f.MaxBody)
		case "superseded":
			f.Superseded = in.boolean()
		default:
			in.failed = true
		}
	})
	return &f
}

func (in *filler) limits() (f limitsFile) {
	in.members(func(name string) {
		switch name {
		case "tagged_body":
			in.decode(&f.TaggedBody)
		case "purge_body":
			in.decode(&f.PurgeBody)
		default:
			in.failed = true
		}
	})
	return f
}

func (in *filler) lifetimes() (f lifetimesFile) {
	in.members(func(name string) {
		switch name {
		case "ttl":
			in.decode(&f.TTL)
		case "stale_while_revalidate":
			in.decode(&f.StaleWhileRevalidate)
		case "stale_if_error":
			in.decode(&f.StaleIfError)
		case "client_ttl":
			in.decode(&f.ClientTTL)
		case "not_found_ttl":
			in.decode(&f.NotFoundTTL)
		case "heuristic":
			f.Heuristic = in.boolean()
		default:
			in.failed = true
		}
	})
	return f
}

// outline reads of a route what it takes to match it.
func (in *filler) outline() (r Route) {
	start := in.at
	in.members(func(name string) {
		switch name {
		case "name":
			r.Name = in.text()
		case "path":
			in.decode(&r.Path)
		case "methods":
			r.Methods = in.texts()
		default:
			in.skip()
		}
	})
	if in.failed || r.Path == "" {
		in.failed = true
		return r
	}
	r.raw = in.json[start:in.at]
	return r
}

func (in *filler) route() (f routeFile) {
	in.members(func(name string) {
		switch name {
		case "name":
			f.Name = in.text()
		case "path":
			in.decode(&f.Path)
		case "methods":
			f.Methods = in.texts()
		case "query":
			f.Query = map[string]parameterDefault{}
			in.members(func(name string) {
				var p parameterDefault
				in.decode(&p)
				f.Query[name] = p
			})
		case "bypass":
			f.Bypass = in.dictionary()
		case "headers":
			f.Headers = in.texts()
		case "keys":
			f.Keys = in.keys()
		case "items":
			in.elements(func() { f.Items = append(f.Items, in.item()) })
		case "lifetimes":
			f.Lifetimes = in.lifetimes()
		default:
			in.failed = true
		}
	})
	return f
}

func (in *filler) item() (f itemFile) {
	in.members(func(name string) {
		switch name {
		case "each":
			f.Each = in.text()
		case "keys":
			f.Keys = in.keys()
		default:
			in.failed = true
		}
	})
	return f
}

func (in *filler) keys() (keys []keyTemplate) {
	in.elements(func() {
		var key keyTemplate
		in.decode(&key)
		keys = append(keys, key)
	})
	return keys
}

func (in *filler) dictionary() map[string]string {
	texts := map[string]string{}
	in.members(func(name string) { texts[name] = in.text() })
	return texts
}

func (in *filler) texts() (texts []string) {
	in.elements(func() { texts = append(texts, in.text()) })
	return texts
}

func (in *filler) boolean() *bool {
	n := in.value()
	yes := n.text == "true"
	in.failed = in.failed || n.kind != boolean
	return &yes
}

// decode reads a value with a notation of its own.
func (in *filler) decode(v value) {
	if err := v.decode(in.value()); err != nil {
		in.failed = true
	}
}

// members calls each for every member of an object, to read the member's
// value.
func (in *filler) members(each func(name string)) {
	for in.enter('{'); in.more('}'); {
		each(in.text())
	}
}

// elements calls each for every element of a list, to read it.
func (in *filler) elements(each func()) {
	for in.enter('['); in.more(']'); {
		each()
	}
}
