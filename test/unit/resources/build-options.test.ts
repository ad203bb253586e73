import {expect, it} from 'vitest';
import {optionsInCases, optionsInHelp, unknownFlags} from '#resources/build/options.ts';
import {countObjects, isObjectLine} from '#resources/build/program.ts';

const help = `  --help                             this help
  --prefix=PREFIX                    set the installation prefix (default to /usr/local/openresty)
  --without-http_echo_module         disable ngx_http_echo_module
  --with-pcre=DIR                    set path to PCRE library sources, see also --with-pcre-jit.
`;
const cases = `    case "$option" in
        --help)                          help=yes                   ;;
        --prefix=)                       NGX_PREFIX="!"             ;;
        --prefix=*)                      NGX_PREFIX="$value"        ;;
        --with-ipv6)
            NGX_POST_CONF_MSG="$NGX_POST_CONF_MSG
$0: warning: the \\"--with-ipv6\\" option is deprecated"
        ;;
        --with-mail=dynamic)             MAIL=DYNAMIC               ;;
`;

it('knows what --help names and what the parser takes', () => {
	expect([...optionsInHelp(help)]).toEqual([
		'--help',
		'--prefix',
		'--without-http_echo_module',
		'--with-pcre',
		'--with-pcre-jit',
	]);
	expect([...optionsInCases(cases)]).toEqual(['--help', '--prefix', '--with-ipv6', '--with-mail']);
	expect(
		unknownFlags(
			[
				'--with-pcre=/usr/src/pcre',
				'--with-ipv6',
				'--without-http_echo',
				'--with-mail=dynamic',
				'--without-http_echo_module',
				'--without-lua_cjson',
			],
			optionsInHelp(help),
			optionsInCases(cases),
		),
	).toEqual(['--without-http_echo', '--without-lua_cjson']);
});

it('counts what is to be compiled, and what was', () => {
	expect(
		countObjects([
			'objs/src/core/nginx.o:\t$(CORE_DEPS) \\\n\tsrc/core/nginx.c\n\t$(CC)\n\nobjs/ngx_modules.o:\t$(CORE_DEPS)\n',
			'all: x\n',
		]),
	).toBe(2);
	expect(
		[
			'\t\t-o objs/src/core/nginx.o \\',
			'cc -c -O2 -o objs/a.o a.c',
			'cc -o objs/nginx objs/a.o',
			'-o objs/libx.so',
		].map(isObjectLine),
	).toEqual([true, true, false, false]);
});
