/** What a TLS server should refuse: seen in a list of ciphers as it is written, and seen by asking. */
import {type Hello, oldCiphers, tlsHello, weakCiphers} from '#host/web/tls-hello.ts';

/** Families that a list of ciphers in OpenSSL's words lets in. A family that is shut out anywhere stays out. */
export const weakIn = (list: string): readonly string[] => {
	const words = list.split(/[\s:,]+/).filter(word => word !== '');
	const out = new Set(words.filter(word => word.startsWith('!')).map(word => word.slice(1)));
	const added = words.filter(word => !/^[!-]/.test(word)).map(word => word.replace(/^\+/, ''));
	const weak = families.filter(
		({words: names, shut}) => added.some(word => names.test(word)) && !shut.some(name => out.has(name)),
	);
	return [...new Set(weak.map(({says}) => says))];
};

const families = [
	{says: 'RC4', words: /(^|[-+])RC4/, shut: ['RC4']},
	{says: '3DES', words: /(^|[-+])(3DES|DES-CBC3)/, shut: ['3DES']},
	{says: 'DES', words: /(^|[-+])(DES|LOW)($|[-+])(?!CBC3)/, shut: ['DES', 'LOW']},
	{says: 'no encryption (NULL)', words: /(^|[-+])(NULL|eNULL|COMPLEMENTOFALL)/, shut: ['NULL', 'eNULL']},
	{says: 'no authentication (anonymous)', words: /(^|[-+])(aNULL|ADH|AECDH|COMPLEMENTOFDEFAULT)/, shut: ['aNULL']},
	{says: 'an export cipher', words: /(^|[-+])EXP/, shut: ['EXP', 'EXPORT']},
	{says: 'ciphers that OpenSSL itself holds too weak (@SECLEVEL=0)', words: /^@SECLEVEL=0$/, shut: []},
];

/** Asks three times; what it takes, in words. Throws Blocked where one of the questions got no answer. */
export const weaknesses = async (place: Pick<Hello, 'host' | 'port' | 'serverName'>): Promise<readonly string[]> => {
	const [old, middle, weak] = await Promise.all([
		tlsHello({...place, version: '1.0', ciphers: oldCiphers}),
		tlsHello({...place, version: '1.1', ciphers: oldCiphers}),
		tlsHello({...place, version: '1.2', ciphers: [...weakCiphers.keys()]}),
	]);
	return [
		...(old.taken ? ['TLS 1.0'] : []),
		...(middle.taken ? ['TLS 1.1'] : []),
		...(weak.taken ? [`${weakCiphers.get(weak.cipher) ?? 'a weak cipher'} in TLS 1.2`] : []),
	];
};
