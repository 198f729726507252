module gopkg.in/beacon.v3

go 1.26
