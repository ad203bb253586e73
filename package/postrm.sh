#!/bin/sh
# A purge leaves what setup installed, and with it what an undo needs: it says so, and where that is.
set -e

if [ "$1" = purge ] && [ -d /var/lib/host-setup ]; then
	echo 'host-setup: what it installed stays as it is, and so does /var/lib/host-setup: its journal, its secrets, what was there before.'
	echo 'host-setup: to take an installation back, install the package again and call setup undo; to forget it, remove that directory.'
fi
