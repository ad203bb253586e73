/** What is there on any Debian before setup comes. */
export const given =
	/^(path:\/(etc|etc\/default|etc\/apt\/(preferences|sources\.list|apt\.conf)\.d|usr|usr\/local|usr\/local\/src|usr\/local\/lib|srv|var\/lib|etc\/network\/interfaces\.d|etc\/sysctl\.d|etc\/systemd|etc\/systemd\/system|etc\/hosts|etc\/nsswitch\.conf)|(user|group):(root|www-data))$/;
