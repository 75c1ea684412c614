#ifndef P_H
#define P_H
#include "referlens/base/text.h"
struct pseudonym_key; 
static inline void pseudonym_write(const struct pseudonym_key*k, struct text t, char out[65]){(void)k;(void)t;out[0]='x';out[1]=0;}
#endif
