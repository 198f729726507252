# Reads a coverage profile, in which a block stands once for each test binary,
# and prints the statement coverage of each package. Fails below min.
NR > 1 && !/\/testdata\// {
	statements[$1] = $2
	if ($3 > 0) hit[$1] = 1
}
END {
	for (block in statements) {
		pkg = block
		sub(/\/[^\/]*$/, "", pkg)
		sub(/^github.com\/lambdafence\/lambdafence\//, "", pkg)
		all[pkg] += statements[block]
		if (block in hit) covered[pkg] += statements[block]
	}
	for (pkg in all) {
		percent = 100 * covered[pkg] / all[pkg]
		printf "%-24s %5.1f %%\n", pkg, percent
		if (percent < min) low = 1
	}
	if (low) { printf "below %d %%\n", min; exit 1 }
}
