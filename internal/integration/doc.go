// Package integration tests the library against real counterparts: the clients
// of the AWS SDK with moto behind them, AWS's Runtime Interface Emulator,
// PostgreSQL, MariaDB and Redis with their usual drivers, Debian's aws command,
// cfn-lint. It is a module of its own, so that none of this is a dependency of
// the library's. Nobody imports it.
//
// The tests start what they need, on free ports of 127.0.0.1, and stop it at the
// end. A test whose counterpart is not there is skipped and says what is missing;
// where CI=true it fails. "make venv" installs what comes from Python, .ci/run the
// rest.
package integration
