package main

func writePage(e effort, parts []part) error { return nil }
