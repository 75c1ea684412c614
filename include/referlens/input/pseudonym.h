#ifndef P_H
#define P_H
#include "referlens/base/text.h"
struct pseudonym_key; 
static inline void pseudonym_write(const struct pseudonym_key*k, struct text t, char out[65]){(void)k;(void)t;out[0]='x';out[1]=0;}
#include "referlens/base/error.h"
static inline bool pseudonym_key_read(const char*p,struct pseudonym_key**k,struct error*e){(void)p;(void)k;(void)e;return true;}
static inline void pseudonym_key_free(struct pseudonym_key*k){(void)k;}
#endif
