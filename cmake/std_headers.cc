// The translation unit that carries the precompiled standard headers.
