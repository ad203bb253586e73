/** The faults about checkouts, environments, builds and proofs: what each says and what to do. Words in capitals stand for what it is about. */
import type {FaultRow} from './fault-row.ts';

export const making: Readonly<Record<string, FaultRow>> = {
	'asset.mkdocs-yml': {
		says: 'FILE cannot be followed: it is not there, no YAML, or names a directory outside of the checkout',
		hint: 'Name the directory that has it (assets.guideDirectory), take the pages from elsewhere (assets.mkdocs), or leave the user guide out (assets.guide).',
	},
	'asset.nothing': {
		says: 'PROGRAM ended well and made no OUTPUTS',
		hint: 'Run it by hand in its directory as its user and see what it says.',
	},
	'asset.unreachable': {
		says: 'NAME could not reach where it fetches from',
		hint: 'Check the network and the proxy; or let the answers name a directory on this host instead of the tool.',
	},
	'build.archive': {
		says: 'ARCHIVE is not the source archive of one program with a configure in its top folder',
		hint: 'Name the source archive, not a binary package.',
	},
	'build.configure-failed': {
		says: 'configure of NAME failed',
		hint: 'The whole output is in LOG. Nothing was installed; mend the cause and run it again.',
	},
	'build.foreign-prefix': {
		says: 'PREFIX is there already, and setup did not build it',
		hint: 'Move it away (mv PREFIX PREFIX.old), or name another prefix.',
	},
	'build.install-failed': {
		says: 'install of NAME failed, or left no program',
		hint: 'The whole output is in LOG. Nothing was installed; mend the cause and run it again.',
	},
	'build.make-failed': {
		says: 'make of NAME failed',
		hint: 'The whole output is in LOG. Nothing was installed; mend the cause and run it again.',
	},
	'build.unknown-flags': {
		says: 'NAME VERSION does not know DROPPED',
		hint: 'Take them out of the answers, or let setup drop them.',
	},
	'build.unpack-failed': {
		says: 'unpack of NAME failed',
		hint: 'The whole output is in LOG. Nothing was installed; mend the cause and run it again.',
	},
	'certificate.dates': {
		says: 'FILE is valid from DAY to DAY only',
		hint: 'Get a new one; look at the clock of this host as well.',
	},
	'certificate.missing': {
		says: 'FILE is not there',
		hint: 'Put it there, or answer where it lies.',
	},
	'certificate.names': {
		says: 'FILE is not for NAMES',
		hint: 'Get one for all names of the site, or answer the names that it is for.',
	},
	'certificate.not-issued': {
		says: 'AUTHORITY gave no certificate for NAMES',
		hint: "By the kind of problem that the authority names: an address record, port 80, somebody else's answer, a CAA record, a limit. Its own words are below.",
	},
	'certificate.other-key': {
		says: 'the key KEY does not belong to the certificate FILE',
		hint: 'Answer the two that belong together.',
	},
	'certificate.unreadable': {
		says: 'FILE is no certificate, or no private key, in PEM form',
		hint: 'Both must be PEM, the key without a passphrase.',
	},
	'copy.nothing': {says: 'FROM is not there, or holds no files', hint: 'Answer with the directory that holds them.'},
	'django.collectstatic': {
		says: 'collectstatic failed in DIRECTORY',
		hint: 'Its last lines are below: most often a file that may not be written.',
	},
	'django.conflict': {
		says: 'the app APP has two last migrations: NAMES',
		hint: 'Two branches each made one: have the developers merge them (manage.py makemigrations --merge), or check out a commit where they are merged.',
	},
	'django.makemigrations': {says: 'manage.py makemigrations failed in DIRECTORY', hint: 'Its last lines are below.'},
	'django.migrate': {
		says: 'manage.py migrate failed in DIRECTORY',
		hint: 'Its last lines are below: most often the database refuses, or the code does not fit it.',
	},
	'django.python': {
		says: 'PYTHON ended with CODE and gave no answer about DIRECTORY',
		hint: 'See whether it is a Python that runs, and its last lines below.',
	},
	'django.statics': {
		says: 'collectstatic has nowhere to put files of DIRECTORY: WHY',
		hint: 'Set STATIC_ROOT in the settings (assets, settings), or leave collectstatic out.',
	},
	'django.superuser': {
		says: "the application's superuser could not be made or taken back",
		hint: 'Its last lines are below: most often the database or the directory does not answer.',
	},
	'git.auth': {
		says: 'URL wants a password or a key, and did not take what it was given',
		hint: 'Give a token in the answers, or a deploy key to the user; a private repository and a missing one look the same from outside.',
	},
	'git.dns': {
		says: 'the host of URL has no address here',
		hint: 'Check the URL and the name service (getent hosts NAME), then run it again.',
	},
	'git.failed': {
		says: 'git ended with an error that setup does not know',
		hint: 'Its last lines are below; mend the cause and run the same command again: what is done is not done twice.',
	},
	'git.foreign-changes': {
		says: 'DIRECTORY has local changes that setup did not make: FILES',
		hint: 'Commit and push them, or put them away with git stash --include-untracked; then run it again.',
	},
	'git.foreign-directory': {
		says: 'DIRECTORY is there already and is no git checkout',
		hint: 'Move it away, or name another directory; nothing in it was touched.',
	},
	'git.host-key': {
		says: 'the ssh host key of URL is not known to the user',
		hint: "Add it to the user's known_hosts after comparing its fingerprint, then run it again.",
	},
	'git.lines-of-others': {
		says: 'somebody wrote into FILE of the checkout, and the other commit changes the same place, or has no such file',
		hint: 'Commit these lines to the source, or put them elsewhere (the answers may say them), and take them out of the file; then run it again.',
	},
	'git.no-ref': {
		says: 'URL has no branch, tag or commit REF',
		hint: 'Check the name; a commit must be reachable from a branch or a tag.',
	},
	'git.not-found': {
		says: 'there is no git repository at URL',
		hint: 'Check the URL; for a local path, see that the user may read it and every directory above.',
	},
	'git.owner': {
		says: 'DIRECTORY does not belong to USER',
		hint: 'Give it to that user (chown -R USER: DIRECTORY) or name its owner in the answers.',
	},
	'git.tls': {
		says: 'URL did not show a certificate this host trusts',
		hint: 'If a proxy with its own authority is in between, put its certificate into /usr/local/share/ca-certificates and run update-ca-certificates.',
	},
	'git.rewritten': {
		says: 'the branch NAME of URL does not come after COMMIT, which is checked out in DIRECTORY',
		hint: 'Somebody rewrote it, or the checkout is of another one. See what became of it; to take it all the same, answer COMMIT as the commit.',
	},
	'git.too-much': {
		says: 'URL has more than 4 GB for the branch NAME, or the disk of /var/tmp is full',
		hint: 'See what was committed there. Nothing of it was kept.',
	},
	'git.unpushed': {
		says: 'DIRECTORY has UNPUSHED commits that are nowhere else',
		hint: 'Push them to a branch of the source, then run it again.',
	},
	'git.unreachable': {
		says: 'URL could not be reached',
		hint: 'Check the network and the proxy (fetching.proxy in the answers), then run it again.',
	},
	'json.no-list': {
		says: 'FILE is no list of JSON objects',
		hint: 'Mend it by hand (json_pp < FILE says where), or move it away.',
	},
	'npm.no-program': {
		says: 'NAME VERSION brings no program BIN',
		hint: 'Check the names of the package and of its program.',
	},
	'npm.no-such-package': {says: 'the npm registry has no WHAT', hint: 'Check the name and the version.'},
	'npm.unreachable': {
		says: 'the npm registry could not be reached',
		hint: 'Check the network, the proxy (fetching.proxy in the answers) and the certificates.',
	},
	'person.home-there': {
		says: 'there is no account NAME, but its home HOME is there',
		hint: 'It is somebody’s data: move it away, or make the account by hand.',
	},
	'proof.answers': {
		says: 'NAME does not answer as it should: REQUEST gives STATUS',
		hint: 'Look at the logs of the web server and of the application (journalctl -u UNIT).',
	},
	'proof.getent': {
		says: 'getent DATABASE KEY finds nothing',
		hint: 'See journalctl -u nslcd: whether the directory answers, and whether the base and the entry are there.',
	},
	'proof.login': {
		says: 'USER does not see EXPECT on PAGE after logging in: status STATUS, SEEN',
		hint: "See whether the password in the answers is the account's, and look at the application's log: a base DN that also stands in its code shows only here.",
	},
	'proof.no-form': {
		says: 'PATH on HOST has no login form: status STATUS, FORM',
		hint: "Answer with the path of the login page, and look at the application's log.",
	},
	'proof.open': {
		says: 'WHO sees EXPECT on PAGE as well',
		hint: 'The site lets everybody in, or the text is no proof: answer with one that only users see.',
	},
	'proof.page': {
		says: 'PATH on HOST is not as expected: SAW',
		hint: 'Look at the logs of the web server and of the application (journalctl -u UNIT).',
	},
	'proof.stranger': {
		says: 'nobody logs in for NAME: the user USER listens on HOST:PORT, not root: no password is sent there',
		hint: 'See who that is (ss -lntp), and start the web server; then run it again.',
	},
	'proof.root-lost': {
		says: 'getent passwd root finds nothing any more',
		hint: 'Keep a root shell open, and see journalctl -u nslcd before trying again.',
	},
	'proof.tcp': {
		says: 'NAME does not answer at ADDRESS as it should',
		hint: 'See its log, and on which addresses it listens (ss -ltn).',
	},
	'site.acts-as-root': {
		says: "FROM asks more of root's nginx than to answer requests: DIRECTIVE on line LINE",
		hint: 'See who wrote that, and why. Where it is meant, name the directive in ACCEPTED-BY; a file it names belongs to root, in directories of root.',
	},
	'site.linked': {
		says: 'the site file is a link into the checkout (FILE), and would have to be changed for https',
		hint: 'Answer application.site.as: copy, or tls.by: none and make the change in the repository.',
	},
	'site.socket': {
		says: 'the site file passes nothing on to the socket of the application, or to another one than answered',
		hint: 'Let uwsgi_pass say unix:/run/NAME/NAME.sock (site edits), or leave the socket to be read from the site file.',
	},
	'uwsgi.python2': {
		says: "the distribution's uwsgi serves Python 3 only, and the application's is 2",
		hint: 'Take uwsgi from the environment of the application, and add it to the packages of that.',
	},
	'venv.build-failed': {
		says: 'a Python package could not be compiled: HEADER is missing',
		hint: 'Add the Debian package that has it to the packages of the answers, then run it again.',
	},
	'venv.conflicts': {
		says: 'the installed Python packages do not fit each other: CONFLICTS',
		hint: 'Add a constraints file or pin the package in the requirements; pip check lists them all.',
	},
	'venv.foreign-directory': {
		says: 'DIRECTORY is there already and is no Python environment',
		hint: 'Move it away, or name another directory; nothing in it was touched.',
	},
	'venv.no-ensurepip': {
		says: 'this Python cannot make environments',
		hint: "Add the package python3-venv (or the one of the interpreter's version), then run it again.",
	},
	'venv.no-such-package': {
		says: 'no Python package fits MISSING',
		hint: 'Check the name and the version in the requirements: it must exist for this version of Python.',
	},
	'venv.no-virtualenv': {
		says: 'there is no virtualenv on this host',
		hint: 'Add the package virtualenv, or name a version in the answers.',
	},
	'venv.package': {says: 'BAD is no Python package', hint: 'Name packages as pip requirements, such as Django<5.'},
	'venv.pip-failed': {
		says: 'pip ended with an error that setup does not know',
		hint: 'Its last lines are below; mend the cause and run the same command again.',
	},
	'venv.system-missing': {
		says: 'PYTHON lacks MISSING',
		hint: 'Name the Debian packages that have them (python3-…), or use a virtual environment.',
	},
	'venv.unreachable': {
		says: 'the Python package index could not be reached',
		hint: 'Check the network, the proxy (fetching.proxy in the answers) and the certificates; or name an index or a directory of packages in the answers.',
	},
	'coralnet.env': {
		says: 'the value of NAME cannot be written into .env',
		hint: 'Choose one without line breaks, and not with both kinds of quotes or a backslash beside a single quote.',
	},
};
