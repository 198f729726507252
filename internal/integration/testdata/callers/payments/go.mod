module example.com/payments/v2

go 1.26

require github.com/hashicorp/go-retryablehttp v0.7.8

replace github.com/hashicorp/go-retryablehttp => ../retryablehttp
