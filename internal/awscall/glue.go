package awscall

import "strings"

// catalog adds what is in a data catalog of Glue, and all that it is in: IAM
// checks the catalog of the account, each catalog within it, the database and the
// thing itself as resources of their own. Without a kind it is the catalog alone.
//
// The first value is the catalog's id, and empty for that of the signer. The
// second is the database, for kinds that are in one. All others are names of what
// is meant. In a batch whose entries have an id each, what stands in the same
// place belongs together.
func (d *description) catalog(kind string, v *values) bool {
	first := 0
	if kind == "table" || kind == "userDefinedFunction" {
		first = 1
	}
	names := v.all[v.ends[first]-v.base:]
	if kind == "" {
		names = v.of(0)
	}
	for i, name := range names {
		id, ok := nth(v.of(0), i, len(names))
		if !ok {
			return false
		}
		c, ok := cutCatalog(id, d.account)
		if !ok || !d.catalogs(&c) {
			return false
		}
		if first > 0 {
			database, ok := nth(v.of(1), i, len(names))
			if !ok || !d.within(&c, "database", database) {
				return false
			}
		}
		if kind != "" && !d.within(&c, kind, name) {
			return false
		}
	}
	return len(names) > 0
}

// nth returns the i-th of n values, or the one that there is for all of them.
func nth(values []string, i, n int) (string, bool) {
	switch len(values) {
	case 1:
		return values[0], true
	case n:
		return values[i], true
	}
	return "", false
}

// A dataCatalog is a catalog of an account, and where in it something is.
type dataCatalog struct {
	account string
	nested  bool   // it is a catalog within that of the account
	path    string // with a slash at its end, or empty
}

// cutCatalog cuts the id of a catalog: an account, the path of a catalog within
// the signer's, or both with a colon between.
func cutCatalog(id, signer string) (dataCatalog, bool) {
	if id == "" || isAccount(id) {
		c := dataCatalog{account: id}
		if id == "" {
			c.account = signer
		}
		return c, true
	}
	account, path, both := strings.Cut(id, ":")
	if !both {
		account, path = signer, id
	} else if !isAccount(account) {
		return dataCatalog{}, false
	}
	return dataCatalog{account, true, path + "/"}, isName(path) && !strings.Contains("/"+path+"/", "//")
}

// catalogs adds the catalog of the account and those on the way to c.
func (d *description) catalogs(c *dataCatalog) bool {
	if !d.add(d.owned("glue", c.account, "catalog")) {
		return false
	}
	for i := range len(c.path) {
		if c.path[i] == '/' && !d.add(d.owned("glue", c.account, "catalog/"+c.path[:i])) {
			return false
		}
	}
	return true
}

// within adds what has a name in a catalog, and goes into it. A slash in the name
// would make it look like something in another catalog.
//
// Glue keeps the names of databases, tables and functions in lower case, and finds
// them by any: SalesDB is salesdb. Which letters it takes for one beyond those of
// ASCII, and what a catalog of another system makes of them, is not known.
// Connections are in no other catalog than that of the account.
func (d *description) within(c *dataCatalog, kind, name string) bool {
	if !isName(name) || strings.IndexByte(name, '/') >= 0 || kind == "connection" && c.nested {
		return false
	}
	if lower := strings.ToLower(name); kind != "connection" && lower != name {
		if c.nested || !isSimple(name, "_-.") {
			return false
		}
		name = lower
	}
	c.path += name
	ok := d.add(d.owned("glue", c.account, kind+"/"+c.path))
	c.path += "/"
	return ok
}

// defaultRegistry is where schemas are whose registry is not named.
const defaultRegistry = "default-registry"

// schema adds a schema of Glue and the registry that it is in. The values are the
// ARN of the schema, or of the registry if the schema has a name besides; the
// names of the registry and of the schema; and the id of a version of a schema.
// That says nothing of the schema, and IAM asks for none where it stands alone.
// Where several of them say which schema it is, the one that Glue goes by is not
// known.
func (d *description) schema(v *values) bool {
	var s [4]string
	for i := range s {
		var ok bool
		if s[i], ok = v.one(i); !ok {
			return false
		}
	}
	of, registry, name, version := s[0], s[1], s[2], s[3]
	a := arn{d.partition, "glue", d.region, d.account, ""}
	switch {
	case version != "":
		return of == "" && registry == "" && name == ""
	case of == "" && registry == "":
		registry = defaultRegistry
	case of != "" && registry != "":
		return false
	case of != "":
		ok := validARN(of)
		if a, _ = cutARN(of); !ok || a.service != "glue" {
			return false
		}
		kind, path, _ := strings.Cut(a.resource, "/")
		switch {
		case kind == "registry":
			registry = path
		case kind == "schema" && name == "":
			registry, name, _ = strings.Cut(path, "/")
		}
	}
	if !isSimple(registry, "-_$#.") || !isSimple(name, "-_$#.") {
		return false
	}
	a.resource = "registry/" + registry
	if !d.add(a.String()) {
		return false
	}
	a.resource = "schema/" + registry + "/" + name
	return d.add(a.String())
}
