package awscall

import "strings"

// catalog adds what is in a data catalog of Glue, and what it is in: IAM checks
// the catalog, the catalog within it, the database and the table, each as a
// resource of its own. The first value is the catalog's id, which is the account
// that owns it, the signer's if there is none. The others are names, from the
// database down; a connection is in no database. Without a kind, the last name is
// that of a database.
func (d *description) catalog(kind string, v *values) bool {
	id, ok := v.one(0)
	if !ok {
		return false
	}
	account, within := laterAccount, ""
	if id != "" {
		if account, within, ok = cutCatalog(id); !ok {
			return false
		}
	}
	if !d.add(owned("glue", account, "catalog")) {
		return false
	}
	if within != "" {
		if !d.add(owned("glue", account, "catalog/"+within)) {
			return false
		}
		within += "/"
	}
	last := maxMembers - 1
	for last > 0 && len(v.of(last)) == 0 {
		last--
	}
	path := within
	for i := 1; i < last; i++ {
		name, one := v.one(i)
		if !one || !isName(name) {
			return false
		}
		path += name + "/"
		if i == 1 && !d.add(owned("glue", account, "database/"+strings.TrimSuffix(path, "/"))) {
			return false
		}
		if i == 2 && !d.add(owned("glue", account, "table/"+strings.TrimSuffix(path, "/"))) {
			return false
		}
	}
	if last == 0 {
		return kind == ""
	}
	for _, name := range v.of(last) {
		if !isName(name) || !d.add(owned("glue", account, kind+"/"+path+name)) {
			return false
		}
	}
	return true
}

// cutCatalog cuts the id of a catalog: an account, a catalog's name in the
// signer's account, or both with a colon between.
func cutCatalog(id string) (account, within string, ok bool) {
	switch account, within, both := strings.Cut(id, ":"); {
	case isAccount(account):
		return account, within, !both || isName(within)
	case both:
		return "", "", false
	default:
		return laterAccount, id, isName(id)
	}
}
