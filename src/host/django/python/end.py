# Answers the questions of `ask` from `known`.
started = guarded(begin)
if 'error' in started:
    tell({'started': started})
else:
    tell(dict([('started', started)] + [(name, guarded(known[name])) for name in ask['what']]))
